import { expect, test } from 'vitest'
import { isSecretName, isSecretParameter, looksSecret } from './secrets.ts'

test.each([
  'token',
  'access_token',
  'accessToken',
  'X-Api-Key',
  'apikey',
  'password',
  'db_passwd',
  'client_secret',
  'Authorization',
  'set-cookie',
  'sig',
  'sessionId',
  'credentials',
])('%s names a secret', (name) => {
  expect(isSecretName(name)).toBe(true)
})

test.each(['sensor', 'tokenCount', 'max_tokens', 'key', 'code', 'author', 'signal', 'passed', 'session_length', ''])(
  '%s does not name a secret',
  (name) => {
    expect(isSecretName(name)).toBe(false)
  },
)

test('in a query string, a key is a secret too', () => {
  expect(['key', 'code', 'AppId', 'token'].map(isSecretParameter)).toEqual([true, true, true, true])
  expect(['keys', 'zip', 'sensor'].map(isSecretParameter)).toEqual([false, false, false])
})

test('a long run of letters and digits is a key; words, dates and ids with hyphens are not', () => {
  expect(looksSecret('x9Yz1234567890abcdefQWER')).toBe(true)
  expect(looksSecret('prefix-0123456789abcdef0123456789abcdef')).toBe(true)
  expect(looksSecret('temperature-of-room-12-in-building-7')).toBe(false)
  expect(looksSecret('123456789012345678901234567890')).toBe(false)
  expect(looksSecret('internationalizationandlocalization')).toBe(false)
  expect(looksSecret('3e0bf19e-0b1a-4c5d-9f7e-1b2c3d4e5f60')).toBe(false)
})
