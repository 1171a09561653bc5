import { expect, test } from 'vitest'
import { formatRuntimeUrl, parseRuntimeUrl } from './runtime-url.ts'

test.each([
  ['ws://127.0.0.1:2077', 'ws://127.0.0.1:2077'],
  [' ws://127.0.0.1:2077/ ', 'ws://127.0.0.1:2077'],
  ['http://localhost:2077', 'ws://localhost:2077'],
  ['https://staging.example.com', 'wss://staging.example.com'],
  ['wss://[::1]:2077/slung?x=1#y', 'wss://[::1]:2077/slung'],
])('%j is an address', (text, address) => {
  expect(formatRuntimeUrl(parseRuntimeUrl(text))).toBe(address)
})

test.each(['', '127.0.0.1:2077', 'localhost:2077', 'ftp://localhost', 'ws://'])('%j is not an address', (text) => {
  expect(() => parseRuntimeUrl(text)).toThrow(`cannot connect to "${text}": expected a URL such as ws://127.0.0.1:2077`)
})

test('a password is refused and not repeated', () => {
  expect(() => parseRuntimeUrl('ws://me:hunter2@localhost:2077')).toThrow(
    'cannot connect to ws://localhost:2077: a runtime has no users and passwords; leave them out of the URL and give a token instead',
  )
})
