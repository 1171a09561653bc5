import { expect, test } from 'vitest'
import { quietRun } from '../../test/quiet-run.ts'
import type { ReplayRun } from '../run/replay-run.ts'
import { judgeRun } from './judge-run.ts'
import { parseSpec } from '../spec-file/parse-spec.ts'

const drained: ReplayRun = {
  ...quietRun,
  writebacks: [{ kind: 'ws', at: 0, producer: 1, text: 'ALERT', cause: null }],
  logs: ['one', 'two', 'three'].map((text) => ({ kind: 'log', at: 0, stream: 'stdout', text, cause: null })),
}

/** Whether a run passes the test that has these keys, as YAML. */
function passes(keys: string, run: Partial<ReplayRun> = {}): boolean {
  const spec = parseSpec(`{ workflow: w.wasm, input: x.csv, tests: [{ name: x, ${keys} }] }`, 'x.slung.yaml')
  return judgeRun(spec.tests[0]!, { ...drained, ...run }).passed
}

test('the writebacks must be the expected ones, unless the test does not check them', () => {
  expect(passes('expect: [{ ws: edge-a, text: ALERT }]')).toBe(true)
  expect(passes('expect: []')).toBe(false)
  expect(passes('expect: [{ ws: edge-a }, { ws: edge-a }]')).toBe(false)
  expect(passes('exit: drained')).toBe(true)
})

test('unless the test says otherwise, a run must drain or return 0', () => {
  const usual = 'at_least: true, expect: [{ ws: edge-a }]'
  expect(passes(usual, { outcome: 'returned', code: 0 })).toBe(true)
  expect(passes(usual, { outcome: 'returned', code: 1 })).toBe(false)
  for (const outcome of ['trapped', 'stuck', 'undelivered', 'runaway'] as const) {
    expect(passes(usual, { outcome })).toBe(false)
    expect(passes(`${usual}, exit: ${outcome}`, { outcome })).toBe(true)
  }
  expect(passes('exit: 1', { outcome: 'returned', code: 1 })).toBe(true)
  expect(passes('exit: returned', { outcome: 'returned', code: 1 })).toBe(true)
  expect(passes('exit: 0')).toBe(false)
})

test('the expected lines must be among the output, in their order', () => {
  expect(passes('log: [one, "</^th/>"]')).toBe(true)
  expect(passes('log: [two, one]')).toBe(false)
  expect(passes('log: [one, one]')).toBe(false)
  expect(passes('log: [on]')).toBe(false)
})

test('a request that no answer covers fails every test', () => {
  const unanswered = [{ at: 0, method: 'GET', url: 'https://a.example' }] as const
  expect(passes('exit: drained', { unanswered })).toBe(false)
})
