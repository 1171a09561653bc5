import { expect, test } from 'vitest'
import { contentTypeOf } from './content-type.ts'

test.each([
  ['{"level":"high"}', 'application/json'],
  [' [1, 2] \n', 'application/json'],
  ['41.2', 'application/json'],
  ['ALERT: threshold exceeded', 'text/plain; charset=utf-8'],
  ['{"level":', 'text/plain; charset=utf-8'],
  ['\ufeff{}', 'text/plain; charset=utf-8'],
  ['', null],
])('%j is %s', (body, type) => {
  expect(contentTypeOf(new TextEncoder().encode(body))).toBe(type)
})

test('bytes that are not UTF-8 are not called text', () => {
  expect(contentTypeOf(Uint8Array.of(0x7b, 0xff, 0x7d))).toBe('application/octet-stream')
})
