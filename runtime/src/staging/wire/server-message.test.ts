import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseServerMessage } from './server-message.ts'

test('acknowledgements and errors are told apart from writebacks', () => {
  expect(parseServerMessage('{"ack":42}')).toEqual({ kind: 'ack', count: 42 })
  expect(parseServerMessage('{"error":"value is \\"NaN\\"","event":7}')).toEqual({
    kind: 'refused',
    event: 7,
    reason: 'value is "NaN"',
  })
  expect(parseServerMessage('{"error":"frame ends early","offset":118}')).toEqual({
    kind: 'bad-frame',
    offset: 118,
    reason: 'frame ends early',
  })
})

test.each([
  'ALERT: threshold exceeded',
  '',
  '{"ack":-1}',
  '{"ack":1.5}',
  '{"ack":"7"}',
  '{ "ack": 7 }',
  '{"ack":7,"more":1}',
  '{"error":"disk full"}',
  '{"error":"disk full","code":7}',
  '{"error":"disk full","event":"7"}',
  '{"error":"a","level":1,"event":7}',
  '{"error":"unfinished,"event":7}',
  '[{"ack":7}]',
])('%s is a writeback', (text) => {
  expect(parseServerMessage(text)).toEqual({ kind: 'writeback' })
})

test('every reason comes through, and no text throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(), (error, event) => {
      expect(parseServerMessage(JSON.stringify({ error, event }))).toEqual({ kind: 'refused', event, reason: error })
      expect(parseServerMessage(error)).toEqual({ kind: 'writeback' })
    }),
  )
})
