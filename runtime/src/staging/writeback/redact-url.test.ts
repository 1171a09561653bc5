import fc from 'fast-check'
import { expect, test } from 'vitest'
import { redactUrl } from './redact-url.ts'

test.each([
  ['https://api.example.com/v1/x', 'https://api.example.com/v1/x'],
  ['https://api.example.com', 'https://api.example.com/'],
  ['https://api.example.com:8443/v1?key=secret#part', 'https://api.example.com:8443/v1?…'],
  ['https://me:secret@api.example.com/', 'https://api.example.com/'],
  ['http://bad host/?key=secret', 'http://bad host/?…'],
  ['http://me:se/cr@et@bad host/', '…@bad host/'],
  ['data:text/plain,secret', 'data:…'],
  ['localhost:3000/x', 'localhost:…'],
  ['http://bad\nhost/', 'http://badhost/'],
])('%j is shown as %j', (url, shown) => {
  expect(redactUrl(url)).toBe(shown)
})

test('a long URL is shortened', () => {
  expect(redactUrl(`https://a.example/${'x'.repeat(9000)}`)).toHaveLength(201)
})

test('law: no query and no password is ever shown, for a URL or any other text', () => {
  const start = fc.oneof(
    fc.constantFrom('https://a.example/', 'https://bad host/', 'x:', ''),
    fc.string({ maxLength: 20 }),
  )
  fc.assert(
    fc.property(start, fc.string({ maxLength: 9 }), (before, after) => {
      expect(redactUrl(`${before}?key=SECRET${after}`)).not.toContain('SECRET')
      expect(redactUrl(`https://me:SECRET${after.replaceAll(/[/?#\\]/g, '')}@a.example/`)).not.toContain('SECRET')
    }),
    { numRuns: 1000 },
  )
})
