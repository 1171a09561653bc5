import { createSeries, type LogEntry, type Micros, type Writeback } from '@slung/runtime'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { describeNotes } from '../run/describe-notes.ts'
import { quietRun } from '../../test/quiet-run.ts'
import type { CausedEntry, ReplayRun, RowReference } from '../run/replay-run.ts'
import { judgeRun } from '../verdict/judge-run.ts'
import { parseSpec } from '../spec-file/parse-spec.ts'
import { describeFailure } from './describe-failure.ts'

const newYear = Date.UTC(2026, 0, 1) * 1000
const hooks = 'https://hooks.example.com/alerts'

/** Microseconds of a second of 2026-01-01. */
function second(count: number): number {
  return newYear + count * 1_000_000
}

/** A row of a fixture with one sample per second: second 7 is on line 9. */
function row(count: number, value: number): RowReference {
  const series = createSeries('temp', ['sensor=1'])
  return { file: 'fixtures/hot.csv', line: count + 2, timestamp: second(count), arrives: second(count), series, value }
}

function ws(at: number, text: string, value = 100): CausedEntry<Writeback> {
  return { kind: 'ws', at: second(at), producer: 1, text, cause: row(at, value) }
}

function post(at: number, body: object, status = 200): CausedEntry<Writeback> {
  const content = JSON.stringify(body)
  return { kind: 'http', at: second(at), method: 'POST', url: hooks, body: content, status, cause: row(at, 101.5) }
}

function event(at: number, value: number): CausedEntry<Writeback> {
  const tags = ['sensor=1']
  return {
    kind: 'event',
    at: second(at),
    timestamp: second(at),
    series: 'temp_hourly',
    value,
    tags,
    cause: row(at, 101),
  }
}

function log(at: number, stream: LogEntry['stream'], text: string): CausedEntry<LogEntry> {
  return { kind: 'log', at: second(at), stream, text, cause: row(at, 20) }
}

/** A run of 60 rows that drained, with the given changes. */
function runWith(timeline: readonly CausedEntry[], rest: Partial<ReplayRun> = {}): ReplayRun {
  const run = {
    ...quietRun,
    workflow: resolve('build/alert.wasm'),
    at: second(59),
    rows: 60,
    rowsTotal: 60,
    delivered: 60,
    timeline,
    writebacks: timeline.filter((entry) => entry.kind !== 'log'),
    logs: timeline.filter((entry) => entry.kind === 'log'),
    series: [createSeries('temp', ['sensor=1'])],
    rowAround: (at: Micros) => row(Math.floor((at - second(0)) / 1_000_000), 20),
    ...rest,
  }
  return { ...run, notes: describeNotes(run) }
}

/** The report on a run that fails the test made of these lines. */
function failure(lines: readonly string[], run: ReplayRun, name = 'alerts above 100'): string {
  const text = [
    'workflow: build/alert.wasm',
    'input: fixtures/hot.csv',
    'http:',
    `  POST ${hooks}: ok`,
    'tests:',
    `  - name: ${name}`,
    ...lines.map((line) => `    ${line}`),
  ].join('\n')
  const spec = parseSpec(text, resolve('specs/alert.slung.yaml'))
  const asked = spec.tests[0]!
  const verdict = judgeRun(asked, run)
  expect(verdict.passed).toBe(false)
  return describeFailure({ spec, test: asked, run, verdict, trace: null, traceFile: null, directory: process.cwd() })
}

test('a writeback that differs is shown beside the expected one, with the row that caused it', () => {
  const run = runWith([post(3, { level: 'high', value: 101.7 }), ws(7, 'ALERT', 103), event(10, 41.2)])
  expect(
    failure(
      [
        'expect:',
        `  - { http: POST ${hooks}, json: { level: high }, status: 200 }`,
        '  - { ws: edge-a, text: "ALERT: threshold exceeded", at: 2026-01-01T00:00:06Z }',
        '  - { event: temp_hourly, value: <41.2 ±0.05>, tags: [sensor=1] }',
      ],
      run,
    ),
  ).toMatchInlineSnapshot(`
    "expected 3 writebacks, 3 came: number 2 differs in text and at

      - expected  + came
        00:00:03  POST https://hooks.example.com/alerts {"level":"high","value":101.7}  → 200
      - 00:00:06  WS edge-a "ALERT: threshold exceeded"
      + 00:00:07  WS edge-a "ALERT"
          text: expected "ALERT: threshold exceeded", got "ALERT"
          at: expected 00:00:06, got 00:00:07 (1s late)
          cause  fixtures/hot.csv:9  2026-01-01T00:00:07Z  temp{sensor=1} = 103
          spec   specs/alert.slung.yaml:9:9
        00:00:10  EVENT temp_hourly 41.2 {sensor=1}

      modes     starts 1970-01-01T00:00:00Z, delivery queue, seed 1
      test      specs/alert.slung.yaml:6:5
      repeat    npx slung-test specs/alert.slung.yaml -t '^alerts above 100$'
      trace     add --trace to write down every call of the workflow"
  `)
})

test('a missing writeback is shown with the rows around it, or near the time it was expected', () => {
  const expected = [
    'expect:',
    '  - { ws: edge-a, text: one }',
    '  - { ws: edge-a, json: { level: high, value: <101.5 ±0.1> }, exact: true }',
    '  - { ws: edge-a, text: three }',
  ]
  expect(failure(expected, runWith([ws(3, 'one', 99), ws(9, 'three', 98)]))).toMatchInlineSnapshot(`
    "expected 3 writebacks, 2 came: number 2 is missing

      - expected  + came
        00:00:03  WS edge-a "one"
      -           WS edge-a {"level":"high","value":<101.5 ±0.1>} exactly
          after  fixtures/hot.csv:5  2026-01-01T00:00:03Z  temp{sensor=1} = 99
          before fixtures/hot.csv:11  2026-01-01T00:00:09Z  temp{sensor=1} = 98
          spec   specs/alert.slung.yaml:9:9
        00:00:09  WS edge-a "three"

      modes     starts 1970-01-01T00:00:00Z, delivery queue, seed 1
      test      specs/alert.slung.yaml:6:5
      repeat    npx slung-test specs/alert.slung.yaml -t '^alerts above 100$'
      trace     add --trace to write down every call of the workflow"
  `)
  expect(
    failure(
      ['expect: [{ event: temp_hourly, value: 41, tags: [sensor=1], at: 2026-01-01T00:00:31Z }]'],
      runWith([log(30, 'stdout', 'average 39.9'), log(40, 'stdout', 'average 39.5')]),
    ),
  ).toMatchInlineSnapshot(`
    "expected 1 writeback, none came: number 1 is missing

      - expected  + came
      - 00:00:31  EVENT temp_hourly 41 {sensor=1}
          near   fixtures/hot.csv:33  2026-01-01T00:00:31Z  temp{sensor=1} = 20
          spec   specs/alert.slung.yaml:7:14

      the last output of the workflow
        00:00:30  STDOUT average 39.9
        00:00:40  STDOUT average 39.5

      modes     starts 1970-01-01T00:00:00Z, delivery queue, seed 1
      test      specs/alert.slung.yaml:6:5
      repeat    npx slung-test specs/alert.slung.yaml -t '^alerts above 100$'
      trace     add --trace to write down every call of the workflow"
  `)
})

test('unexpected writebacks are shown with their causes, at least the first few', () => {
  expect(failure(['expect: []'], runWith([ws(3, 'ALERT')]), 'quiet')).toMatchInlineSnapshot(`
    "expected no writebacks, 1 came: number 1 was not expected

      - expected  + came
      + 00:00:03  WS edge-a "ALERT"
          cause  fixtures/hot.csv:5  2026-01-01T00:00:03Z  temp{sensor=1} = 100

      modes     starts 1970-01-01T00:00:00Z, delivery queue, seed 1
      test      specs/alert.slung.yaml:6:5
      repeat    npx slung-test specs/alert.slung.yaml -t '^quiet$'
      trace     add --trace to write down every call of the workflow"
  `)
  const many = Array.from({ length: 60 }, (_, index) => ws(index, 'ALERT'))
  const text = failure(['expect: [{ ws: edge-a, text: ALERT }]'], runWith(many))
  expect(text.split('\n').filter((line) => line.includes('+ '))).toHaveLength(6)
  expect(text).toContain('expected 1 writeback, 60 came: 59 were not expected')
  expect(text).toContain('    … 54 more problems')
})

test('expected writebacks are shown, however many others came', () => {
  const many = Array.from({ length: 60 }, (_, index) => ws(index, 'ALERT'))
  const text = failure(['expect: [{ event: temp_hourly, value: 41.2 }]'], runWith(many))
  expect(text).toContain('  -           EVENT temp_hourly 41.2')
})

test('a query that no sample matched is named, with what the input has', () => {
  const text = failure(
    ['expect: [{ ws: edge-a }]'],
    runWith([], { queries: [{ query: 'AVG:temp:[sensor=2]', matched: false }] }),
  )
  expect(text).toContain('note      no sample matched AVG:temp:[sensor=2]; the input has temp{sensor=1}')
})

test('what matches far from a problem is left out', () => {
  const many = Array.from({ length: 30 }, (_, index) => ws(index, `reading ${index}`))
  const expected = many.map((_, index) => `  - { ws: edge-a, text: ${index === 14 ? 'other' : `reading ${index}`} }`)
  expect(failure(['expect:', ...expected], runWith(many))).toMatchInlineSnapshot(`
    "expected 30 writebacks, 30 came: number 15 differs in text

      - expected  + came
        … 12 more without a problem
        00:00:12  WS edge-a "reading 12"
        00:00:13  WS edge-a "reading 13"
      -           WS edge-a "other"
      + 00:00:14  WS edge-a "reading 14"
          text: expected "other", got "reading 14"
          cause  fixtures/hot.csv:16  2026-01-01T00:00:14Z  temp{sensor=1} = 100
          spec   specs/alert.slung.yaml:22:9
        00:00:15  WS edge-a "reading 15"
        00:00:16  WS edge-a "reading 16"
        … 13 more without a problem

      modes     starts 1970-01-01T00:00:00Z, delivery queue, seed 1
      test      specs/alert.slung.yaml:6:5
      repeat    npx slung-test specs/alert.slung.yaml -t '^alerts above 100$'
      trace     add --trace to write down every call of the workflow"
  `)
})

test('loosened expectations are labelled as such', () => {
  const run = runWith([ws(3, 'other'), ws(5, 'also other')])
  expect(failure(['any_order: true', 'at_least: true', 'expect: [{ event: temp_hourly }]'], run))
    .toMatchInlineSnapshot(`
      "expected at least 1 writeback in any order, 2 came: number 1 is missing

        - expected  + came
          00:00:03  WS edge-a "other"
          00:00:05  WS edge-a "also other"
        -           EVENT temp_hourly
            spec   specs/alert.slung.yaml:9:14

        modes     starts 1970-01-01T00:00:00Z, delivery queue, seed 1
        test      specs/alert.slung.yaml:6:5
        repeat    npx slung-test specs/alert.slung.yaml -t '^alerts above 100$'
        trace     add --trace to write down every call of the workflow"
    `)
})

test('a request that no answer covers gets the nearest answer and the line to add', () => {
  const url = 'https://hooks.example.com/alert'
  const sent: CausedEntry<Writeback> = {
    kind: 'http',
    at: second(7),
    method: 'POST',
    url,
    body: '{}',
    status: 0,
    cause: row(7, 101.5),
  }
  const again = { ...sent, at: second(8), cause: row(8, 102) }
  const run = runWith([sent, again], {
    unanswered: [sent, again].map(({ at }) => ({ at, method: 'POST' as const, url })),
  })
  expect(failure([`expect: [{ http: POST ${hooks} }, { http: POST ${url} }]`], run)).toMatchInlineSnapshot(`
    "no answer covers POST https://hooks.example.com/alert
        00:00:07  POST https://hooks.example.com/alert  (2 times)
          cause  fixtures/hot.csv:9  2026-01-01T00:00:07Z  temp{sensor=1} = 101.5
          near   POST https://hooks.example.com/alerts  specs/alert.slung.yaml:4:3
          add    POST https://hooks.example.com/alert: ok    (under "http:")

    expected 2 writebacks, 2 came: 1 is missing, 1 was not expected

      - expected  + came
      -           POST https://hooks.example.com/alerts
          before fixtures/hot.csv:9  2026-01-01T00:00:07Z  temp{sensor=1} = 101.5
          spec   specs/alert.slung.yaml:7:14
      + 00:00:07  POST https://hooks.example.com/alert {}  → no response
          cause  fixtures/hot.csv:9  2026-01-01T00:00:07Z  temp{sensor=1} = 101.5
        00:00:08  POST https://hooks.example.com/alert {}  → no response

      modes     starts 1970-01-01T00:00:00Z, delivery queue, seed 1
      test      specs/alert.slung.yaml:6:5
      repeat    npx slung-test specs/alert.slung.yaml -t '^alerts above 100$'
      trace     add --trace to write down every call of the workflow"
  `)
})

test('a trap comes first, with the frames of the guest and its last words', () => {
  const run = runWith([log(0, 'stdout', 'starting'), ws(3, 'ALERT'), log(16, 'stderr', 'thread panicked\n  at main')], {
    outcome: 'trapped',
    trap: {
      code: 'abort',
      message: 'abort: index out of range',
      frames: [
        { function: 'alertHigh', location: 'assembly/index.ts:41:5' },
        { function: 'wasm-function[12]', location: null },
      ],
    },
    rows: 17,
  })
  expect(failure(['expect: [{ ws: edge-a, text: ALERT }]'], run)).toMatchInlineSnapshot(`
    "the workflow trapped after 17 of 60 rows: abort: index out of range; expected it to drain its input, or call to return 0
        in alertHigh (assembly/index.ts:41:5)
        in wasm-function[12]

      the last writebacks
        00:00:03  WS edge-a "ALERT"

      the last output of the workflow
        00:00:00  STDOUT starting
        00:00:16  STDERR thread panicked
                           at main

      modes     starts 1970-01-01T00:00:00Z, delivery queue, seed 1
      test      specs/alert.slung.yaml:6:5
      repeat    npx slung-test specs/alert.slung.yaml -t '^alerts above 100$'
      trace     add --trace to write down every call of the workflow"
  `)
})

test('a query that was refused explains itself in the words of the host', () => {
  const refusal = 'cannot read the query: unknown operator "AGV"\n  AGV:temp:[]\n  ^\n  did you mean AVG'
  const run = runWith([log(0, 'host', refusal)], { outcome: 'returned', code: 1, rows: 0, delivered: 0 })
  expect(failure(['expect: [{ ws: edge-a }]'], run)).toMatchInlineSnapshot(`
    "call returned 1 (an error) after 0 of 60 rows; expected it to drain its input, or call to return 0

    expected 1 writeback, none came: number 1 is missing

      - expected  + came
      -           WS edge-a
          spec   specs/alert.slung.yaml:7:14

      what the host said
        00:00:00  HOST cannot read the query: unknown operator "AGV"
                         AGV:temp:[]
                         ^
                         did you mean AVG

      modes     starts 1970-01-01T00:00:00Z, delivery queue, seed 1
      test      specs/alert.slung.yaml:6:5
      repeat    npx slung-test specs/alert.slung.yaml -t '^alerts above 100$'
      trace     add --trace to write down every call of the workflow"
  `)
})

test('every other unexpected end is reported with the expected one', () => {
  const headline = (exit: string, rest: Partial<ReplayRun>): string =>
    failure([exit, 'log: ["</./>"]'], runWith([log(0, 'stdout', 'x')], rest)).split('\n\n')[0]!
  const unsaid = 'at_least: true\n    expect: [{ ws: edge-a }]'
  expect(headline('exit: 1', {})).toMatchInlineSnapshot(`"the run drained after 60 rows; expected call to return 1"`)
  expect(headline('exit: 0', { outcome: 'returned', code: 2 })).toMatchInlineSnapshot(
    `"call returned 2 (a panic) after 60 rows; expected call to return 0"`,
  )
  expect(headline('exit: trapped', { outcome: 'returned', code: 0 })).toMatchInlineSnapshot(
    `"call returned 0 after 60 rows; expected it to trap"`,
  )
  expect(headline(unsaid, { outcome: 'undelivered' })).toMatchInlineSnapshot(`
    "the input ended while Events had not been polled; expected it to drain its input, or call to return 0
        poll every handle until it has no more Events, or free the ones that are not needed"
  `)
  expect(headline(unsaid, { outcome: 'runaway', rows: 9 })).toMatchInlineSnapshot(`
    "the run was stopped after 9 of 60 rows: the last of them led to more output than a sane workflow produces; expected it to drain its input, or call to return 0
        look for a loop that writes, sends or logs without polling, or that writes to a series it subscribes to"
  `)
  expect(headline(unsaid, { outcome: 'stuck', rows: 1 })).toMatchInlineSnapshot(`
    "the workflow got stuck after 1 of 60 rows: it kept computing without polling; expected it to drain its input, or call to return 0
        every loop that waits for something must poll a handle"
  `)
})

test('a missing output line is named, with the end of the output', () => {
  const output = Array.from({ length: 12 }, (_, index) => log(index, 'stdout', `average ${index}`))
  const run = runWith(output, { coalesced: 3, late: 1 })
  expect(failure(['log: [average 3, "</^average 2$/>"]'], run, 'logs (in order)')).toMatchInlineSnapshot(`
    "expected the output line </^average 2$/> after "average 3": no such line
          spec   specs/alert.slung.yaml:7:22

      the last output of the workflow
        … 2 before
        00:00:02  STDOUT average 2
        00:00:03  STDOUT average 3
        00:00:04  STDOUT average 4
        00:00:05  STDOUT average 5
        00:00:06  STDOUT average 6
        00:00:07  STDOUT average 7
        00:00:08  STDOUT average 8
        00:00:09  STDOUT average 9
        00:00:10  STDOUT average 10
        00:00:11  STDOUT average 11

      note      3 Events coalesced into newer ones: a queue was full before it was polled
      note      1 sample arrived behind the window of a live query
      modes     starts 1970-01-01T00:00:00Z, delivery queue, seed 1
      test      specs/alert.slung.yaml:6:5
      repeat    npx slung-test specs/alert.slung.yaml -t '^logs \\(in order\\)$'
      trace     add --trace to write down every call of the workflow"
  `)
})

test('nothing that a guest prints can break the page', () => {
  const text = failure(['expect: []'], runWith([ws(3, `\u001b[2J\u202e${'a'.repeat(500)}`)]))
  // oxlint-disable-next-line no-control-regex -- control characters are what this looks for
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/)
  expect(text.split('\n').every((line) => line.length < 250)).toBe(true)
})
