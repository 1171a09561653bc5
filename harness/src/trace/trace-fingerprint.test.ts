import fc from 'fast-check'
import { expect, test } from 'vitest'
import { describeDivergence, type ObservedRun } from '../report/describe-divergence.ts'
import type { ReplayRun } from '../run/replay-run.ts'
import { TraceFingerprint } from './trace-fingerprint.ts'
import type { TraceLine } from './trace-line.ts'

const lines = fc.array(
  fc.record({
    at: fc.nat(9),
    call: fc.constantFrom('u_poll_handle', 'log'),
    args: fc.array(fc.nat(3)),
    result: fc.nat(3),
  }),
  { maxLength: 3000 },
)

function fingerprint(...batches: readonly (readonly TraceLine[])[]): TraceFingerprint {
  const calls = new TraceFingerprint()
  for (const batch of batches) calls.add(batch)
  return calls
}

test('the same calls are the same, however they come in batches', () => {
  fc.assert(
    fc.property(lines, fc.nat(3000), (calls, cut) => {
      const split = fingerprint(calls.slice(0, cut), calls.slice(cut))
      expect(fingerprint(calls).firstDifference(split)).toBeNull()
    }),
    { numRuns: 30 },
  )
})

test('the first call that differs, is missing or is extra is found', () => {
  fc.assert(
    fc.property(lines, fc.nat(), (calls, seed) => {
      fc.pre(calls.length > 0)
      const index = seed % calls.length
      const other = calls.with(index, { ...calls[index]!, call: 'log', args: [99] })
      expect(fingerprint(calls).firstDifference(fingerprint(other))).toBe(index)
      expect(fingerprint(calls).firstDifference(fingerprint(calls.slice(0, index)))).toBe(index)
    }),
    { numRuns: 30 },
  )
})

function observed(calls: readonly TraceLine[], memoryHash: string): ObservedRun {
  return { run: { memoryHash } as ReplayRun, calls: fingerprint(calls) }
}

const poll: TraceLine = { at: 7, call: 'u_poll_handle', args: [1], result: null }
const send: TraceLine = { at: 7, call: 'u_writeback_ws', args: [1, 'high'], result: null, stack: 'at here' }

test('the address of a call in the JavaScript engine makes no difference', () => {
  expect(describeDivergence(observed([send], 'a'), observed([{ ...send, stack: 'at there' }], 'a'))).toBeNull()
})

test('a run that goes another way the second time is reported with both calls', () => {
  expect(describeDivergence(observed([poll, send], 'a'), observed([poll, { ...send, args: [1, 'low'] }], 'a')))
    .toMatchInlineSnapshot(`
    "the workflow behaved differently when it ran again: call 2 differs
        first   u_writeback_ws(1, "high") at 7 → null
        second  u_writeback_ws(1, "low") at 7 → null
        both runs had the same input, answers, clock and random numbers: look for memory that is read before it is written"
  `)
  expect(describeDivergence(observed([poll, send], 'a'), observed([poll], 'a'))).toContain(
    'second  no call: it had ended',
  )
})

test('so is a run that leaves different memory behind', () => {
  expect(describeDivergence(observed([poll], 'a'), observed([poll], 'b'))).toContain('its memory at the end differs')
})
