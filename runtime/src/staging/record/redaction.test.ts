import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Redaction } from './redaction.ts'

const polledAt = Date.UTC(2026, 0, 1, 9) * 1000 + 123_456
const clock = { polledAt, madeAt: polledAt + 2000 }

test.each([
  ['https://a.example', 'https://a.example/'],
  ['https://a.example/v1?sensor=1&zip=10115', 'https://a.example/v1?sensor=1&zip=10115'],
  ['https://a.example/v1?key=abc&sensor=1', 'https://a.example/v1?key=REDACTED&sensor=1'],
  ['https://a.example/v1?api%5Fkey=a%20b', 'https://a.example/v1?api%5Fkey=REDACTED'],
  ['https://a.example/v1?id=0123456789abcdef0123456789abcdef', 'https://a.example/v1?id=REDACTED'],
  ['https://a.example/v1?key=&flag', 'https://a.example/v1?key=&flag'],
  ['https://a.example/v1#state=1&access_token=abc', 'https://a.example/v1#state=1&access_token=REDACTED'],
  ['https://a.example/v1?0123456789abcdef0123456789abcdef#top', 'https://a.example/v1?REDACTED#top'],
  ['https://a.example/hooks/catch/1234567/abc123x/', 'https://a.example/hooks/catch/REDACTED/REDACTED/'],
  [
    'https://hooks.example.com/services/T01/B02/x9Yz1234567890abcdefQWER',
    'https://hooks.example.com/services/T01/B02/REDACTED',
  ],
  [
    `https://a.example/v1?at=${polledAt + 7}&timestamp=${polledAt - 7}`,
    `https://a.example/v1?at=REDACTED&timestamp=${polledAt - 7}`,
  ],
])('%s is recorded as %s', (url, recorded) => {
  expect(new Redaction(clock).url(url)).toBe(recorded)
})

test.each(['https://me:pw@a.example/', 'ftp://a.example/', 'nonsense', ''])('%j is not a URL of a request', (url) => {
  expect(new Redaction(clock).url(url)).toBeNull()
})

test('what is expected matches any secret, and any time from the clock', () => {
  const redaction = new Redaction(clock)
  const body = {
    level: 'high',
    at: polledAt + 1,
    sample: polledAt - 1,
    note: 'with token=abc, at last',
    access_token: 'abc',
    pin: 1234,
    auth: { user: 'me', roles: ['a', 'b'], admin: true },
    list: [{ password: 'x' }, null, 2],
  }
  expect(redaction.expectedJson(body)).toEqual({
    level: 'high',
    at: '<number>',
    sample: polledAt - 1,
    note: '</^with token=[^,]+, at last$/s>',
    access_token: '<any>',
    pin: '<any>',
    auth: { user: '<any>', roles: ['<any>', '<any>'], admin: true },
    list: [{ password: '<any>' }, null, 2],
  })
  expect([...redaction.secrets]).toEqual([
    '"token" in a text',
    '"access_token" in JSON',
    '"pin" in JSON',
    '"auth" in JSON',
    '"password" in JSON',
  ])
  expect([...redaction.inexact]).toEqual(['times that the workflow read off the clock match any'])
})

test('what the workflow receives has no secrets, and the same times and types', () => {
  const redaction = new Redaction(clock)
  expect(redaction.givenJson({ token: 'abc', pin: 1234, at: polledAt + 1, url: 'https://a.example/?key=abc' })).toEqual(
    {
      token: 'REDACTED',
      pin: 0,
      at: polledAt + 1,
      url: 'https://a.example/?key=REDACTED',
    },
  )
  expect(redaction.givenText(`token=abc at ${polledAt + 1}`)).toBe(`token=REDACTED at ${polledAt + 1}`)
})

test('lists of tokens, pairs of name and value, and names that are secrets themselves', () => {
  const body = {
    tokens: ['abc', { value: 'def', count: 3 }],
    max_tokens: 5,
    headers: [
      ['X-Api-Key', 'abc'],
      ['Accept', '*/*'],
    ],
    fields: [{ name: 'password', value: 'abc', type: 'text' }],
    'password=hunter2': 1,
  }
  expect(new Redaction(clock).expectedJson(body)).toEqual({
    tokens: ['<any>', { value: '<any>', count: 3 }],
    max_tokens: 5,
    headers: [
      ['X-Api-Key', '<any>'],
      ['Accept', '*/*'],
    ],
    fields: [{ name: 'password', value: '<any>', type: 'text' }],
  })
  expect(new Redaction(clock).givenJson(body)).toMatchObject({ tokens: ['REDACTED', { count: 3 }], REDACTED: 0 })
})

test('JSON in a string stays JSON for the workflow', () => {
  const inner = { pin: 1234, note: 'token=abc', at: '9007199254740993' }
  expect(new Redaction(clock).givenText(JSON.stringify(JSON.stringify([inner])))).toBe(
    JSON.stringify(JSON.stringify([{ pin: 0, note: 'token=REDACTED', at: '9007199254740993' }])),
  )
  expect(new Redaction(clock).givenText('{ "level": "high" }')).toBe('{ "level": "high" }')
})

test('a pattern is compared in one go, however many parts it has', () => {
  const text = 'token=abc&x=1;'.repeat(2000)
  const [, pattern = '', flags] = /^<\/(.*)\/(s)>$/s.exec(new Redaction(clock).expectedText(text)) ?? []
  expect(new RegExp(pattern, flags).test(text)).toBe(true)
  expect(new RegExp(pattern, flags).test(`${text}!`)).toBe(false)
})

test('a text that a spec would take for a placeholder is expected literally', () => {
  const redaction = new Redaction(clock)
  expect(redaction.expectedText('<any>')).toBe('</^<any>$/>')
  expect(redaction.expectedText('<b>50% (max)</b>')).toBe('</^<b>50% \\(max\\)</b>$/>')
  expect(redaction.expectedText('<>')).toBe('<>')
})

test('law: a secret under its name is nowhere in the output', () => {
  const secret = 'hunter2hunter2'
  const name = fc.constantFrom('password', 'api_key', 'Authorization', 'client_secret', 'refreshToken')
  const shape = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constant(secret),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(name, tie('value')),
    ),
  })).value
  fc.assert(
    fc.property(name, shape, fc.string({ maxLength: 9 }), (key, value, around) => {
      const redaction = new Redaction(clock)
      const written = [
        redaction.expectedJson({ [key]: value }),
        redaction.givenJson({ [key]: value }),
        redaction.expectedText(`${around} ${key}=${secret}`),
        redaction.givenText(`${around} ${key}: "${secret}"`),
        redaction.url(`https://a.example/?${key}=${secret}`),
        [...redaction.secrets],
      ]
      expect(JSON.stringify(written)).not.toContain(secret)
    }),
    { numRuns: 500 },
  )
})
