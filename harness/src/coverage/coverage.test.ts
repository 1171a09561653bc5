/** From what processes left to what is reported. */
import { expect, test } from 'vitest'
import type { GuestFile } from '../probes/coverage-files.ts'
import { mergeCoverage, type Coverage } from './coverage.ts'
import { formatLcov } from './lcov.ts'
import { addRuns, noRuns, type Runs } from '../probes/runs.ts'
import { describeCoverage } from './summary.ts'
import { missedThresholds } from './thresholds.ts'

const index = '/flow/assembly/index.ts'
const shared = '/shared/limit.ts'
const place = (file: string, line: number): { file: string; line: number } => ({ file, line })

const alert: GuestFile = {
  workflow: '/flow/build/alert.wasm',
  functions: [
    { name: 'call', place: place(index, 3) },
    { name: 'clear', place: place(index, 20) },
    { name: 'limit', place: place(shared, 1) },
  ],
  lines: [4, 5, 8, 9, 12, 20, 21].map((line) => place(index, line)).concat(place(shared, 2)),
  branches: [place(index, 5), place(index, 9)],
}
const watch: GuestFile = {
  workflow: '/flow/build/watch.wasm',
  functions: [{ name: 'limit', place: place(shared, 1) }],
  lines: [place(shared, 2)],
  branches: [],
}
const rust: GuestFile = {
  workflow: '/flow/build/rust.wasm',
  functions: [
    { name: 'call', place: null },
    { name: 'rust::never', place: null },
  ],
  lines: null,
  branches: [],
}
const guests = new Map([
  ['a', alert],
  ['w', watch],
  ['r', rust],
])

const some: Runs = {
  ...noRuns,
  hits: { a: { functions: [1, 0, 0], lines: [1, 7, 0, 0, 0, 0, 0, 0], branches: [7, 0, 0, 0] } },
  queries: {
    hot: { workflow: alert.workflow, query: 'AVG:temp:[]', used: true },
    cold: { workflow: alert.workflow, query: 'MIN:cold:[]', used: false },
  },
  answers: {
    alerts: { spec: '/flow/alert.slung.yaml', line: 7, request: 'POST https://a.example/', used: false },
    limit: { spec: '/flow/alert.slung.yaml', line: 4, request: 'GET https://a.example/limit', used: false },
  },
}
const others: Runs = {
  hits: {
    a: { functions: [2, 0, 3], lines: [2, 1, 0, 0, 6, 0, 0, 3], branches: [1, 0, 0, 0] },
    w: { functions: [4], lines: [4], branches: [] },
    r: { functions: [1, 0], lines: [], branches: [] },
  },
  withoutProbes: { '/flow/build/odd.wasm': 'cannot measure the coverage of workflow "build/odd.wasm": it is odd' },
  lostCount: 2,
  queries: { hot: { workflow: alert.workflow, query: 'AVG:temp:[]', used: false } },
  answers: { alerts: { spec: '/flow/alert.slung.yaml', line: 7, request: 'POST https://a.example/', used: true } },
}
const coverage = mergeCoverage({ guests, runs: [some, others] })

test('runs add up, in any order', () => {
  expect(mergeCoverage({ guests, runs: [others, some] })).toEqual(coverage)
  expect(addRuns(noRuns, some)).toEqual(some)
  expect(addRuns(some, noRuns)).toEqual(some)
  expect(coverage.guests.map(({ functions }) => functions.map(({ hits }) => hits))).toEqual([[3, 0, 3], [1, 0], [4]])
})

test('the summary has a line per workflow, and everything that never ran', () => {
  expect(`\n${describeCoverage(coverage, '/flow')}`).toBe(`
coverage of the compiled workflows
  workflow          functions     lines          branches
  build/alert.wasm  2/3  66.6 %   4/8  50.0 %    1/4  25.0 %
  build/rust.wasm   1/2  50.0 %   no source map
  build/watch.wasm  1/1  100.0 %  1/1  100.0 %
  all               4/6  66.6 %   5/9  55.5 %    1/4  25.0 %

never ran
  build/alert.wasm
    function  clear  assembly/index.ts:20
    lines     assembly/index.ts:8-9, 20-21
    one way   assembly/index.ts:5
  build/rust.wasm
    function  rust::never

never exercised
  alert.slung.yaml:4  no request used the answer to GET https://a.example/limit
  build/alert.wasm    no sample matched MIN:cold:[]

warning: cannot measure the coverage of workflow "build/odd.wasm": it is odd; it ran unmeasured
note: 2 runs got stuck or did not start: what they covered is unknown
`)
})

test('a summary without complaints is a table', () => {
  const complete = mergeCoverage({
    guests,
    runs: [{ ...noRuns, hits: { w: { functions: [4], lines: [4], branches: [] } } }],
  })
  expect(`\n${describeCoverage(complete, '/flow')}`).toBe(`
coverage of the compiled workflows
  workflow          functions     lines
  build/watch.wasm  1/1  100.0 %  1/1  100.0 %
`)
  expect(describeCoverage(mergeCoverage({ guests, runs: [] }), '/flow')).toContain('no workflow was measured')
})

test('long lists are cut, and nothing in a name moves the cursor', () => {
  const functions = Array.from({ length: 30 }, (_, count) => ({ name: `f${count}\u001b[2J`, place: null }))
  const many = { workflow: '/flow/many.wasm', functions, lines: null, branches: [] }
  const hits = { m: { functions: functions.map(() => 0), lines: [], branches: [] } }
  const text = describeCoverage(mergeCoverage({ guests: new Map([['m', many]]), runs: [{ ...noRuns, hits }] }), '/flow')
  expect(text).toContain('function  f19\\u001b[2J\n    … 10 more\n')
  expect(text).not.toContain('\u001b')
})

test('lcov has one record per source, with what all workflows ran of it', () => {
  expect(formatLcov(coverage.guests, '/flow')).toBe(`TN:
SF:assembly/index.ts
FN:3,call
FN:20,clear
FNDA:3,call
FNDA:0,clear
FNF:2
FNH:1
BRDA:5,0,0,8
BRDA:5,0,1,0
BRDA:9,1,0,-
BRDA:9,1,1,-
BRF:4
BRH:1
DA:4,3
DA:5,8
DA:8,0
DA:9,0
DA:12,6
DA:20,0
DA:21,0
LF:7
LH:3
end_of_record
TN:
SF:/shared/limit.ts
FN:1,limit
FNDA:7,limit
FNF:1
FNH:1
DA:2,7
LF:1
LH:1
end_of_record
`)
  expect(formatLcov([], '/flow')).toBe('')
})

test('a missed threshold names what was reached and what was required', () => {
  const measured = coverage.guests.map((guest) => ({ ...guest, branches: [] }))
  const missed = (thresholds: Parameters<typeof missedThresholds>[1], of: Partial<Coverage> = {}): string[] =>
    missedThresholds({ ...coverage, guests: measured, ...of }, thresholds)
  expect(missed({})).toEqual([])
  expect(missed({ all: 55 })).toEqual([])
  expect(missed({ all: 66 })).toEqual(['coverage of lines is too low: 5 of 9 ran (55.5 %), expected at least 66 %'])
  expect(missed({ all: 90, functions: 60, lines: 55.6 })).toEqual([
    'coverage of lines is too low: 5 of 9 ran (55.5 %), expected at least 55.6 %',
  ])
  expect(missed({ functions: 66.7 })).toEqual([
    'coverage of functions is too low: 4 of 6 ran (66.6 %), expected at least 66.7 %',
  ])
  expect(missed({ all: 50 }, coverage)).toEqual([
    'coverage of branches is too low: 1 of 4 ran (25.0 %), expected at least 50 %',
  ])
  expect(missed({ all: 50, branches: 25 }, coverage)).toEqual([])
  const onlyRust = { guests: measured.filter(({ lines }) => lines === null) }
  expect(missed({ all: 50 }, onlyRust)).toEqual([])
  expect(missed({ lines: 50 }, onlyRust)).toEqual([
    'coverage of lines is too low: no line was measured, because no workflow that ran has a source map, expected at least 50 %',
  ])
  expect(missed({ all: 0 }, { guests: [] })).toEqual([
    'coverage of functions is too low: no function of a workflow was measured, expected at least 0 %',
  ])
})
