import { resolve } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { defaultsOfAll } from './parse-defaults.ts'
import { parseSpec } from './parse-spec.ts'
import { SpecError } from './spec-error.ts'
import type { Spec } from './spec.ts'

const file = 'specs/alert.slung.yaml'

/** Parses a spec whose lines are given. */
function parse(...lines: readonly string[]): Spec {
  return parseSpec(lines.join('\n'), file)
}

/** What is wrong with a spec. */
function problems(...lines: readonly string[]): string {
  try {
    parse(...lines)
  } catch (error) {
    if (error instanceof SpecError) return error.message
    throw error
  }
  return 'nothing is wrong'
}

/** What is wrong with a test, given the lines of its mapping. */
function testProblems(...lines: readonly string[]): string {
  const [first = '', ...others] = lines
  return problems('workflow: w.wasm', 'input: i.csv', 'tests:', `  - ${first}`, ...others.map((line) => `    ${line}`))
}

/** What is wrong with the first entry of a test's `expect`. */
function expectationProblems(entry: string): string {
  return testProblems('name: x', 'expect:', `  - ${entry}`)
}

/** The defaults of an answer. */
const response = { kind: 'response', afterMicros: 0 }
/** The defaults of a test. */
const untouched = { ...defaultsOfAll, snapshot: false, sameAs: null, checks: [] }

test('a whole spec is read, with absolute paths and positions', () => {
  const spec = parse(
    'workflow: [build/as.wasm, build/rust.wasm]',
    'build: npm run build',
    'input:',
    '  - fixtures/hot.csv',
    '  - { csv: nab.csv, series: temp, tags: [sensor=1], producer: edge-a, time_unit: ms }',
    'http:',
    '  POST https://hooks.example.com/alerts: [503, ok, { status: 201, json: { id: 7 } }]',
    '  GET https://example.com/limit: { text: "100" }',
    'tests:',
    '  - name: alerts when the average passes 100',
    '    expect:',
    '      - { http: POST https://hooks.example.com/alerts, json: { level: high, value: <101.5 ±0.1> }, status: 201 }',
    '      - { ws: edge-a, text: "ALERT: threshold exceeded", at: 1970-01-01T00:00:07Z }',
    '      - { ws: 2, json: [], exact: true }',
    '      - { event: temp_hourly, value: 41.2, tags: [sensor=1], timestamp: <number> }',
    '    at_least: true',
    '    any_order: true',
    '  - name: gives up',
    '    input: other.csv',
    '    http: { GET https://example.com/limit: { status: 500, body: "<xml/>" } }',
    '    exit: 1',
    '    log: [starting, "</gave up/>"]',
  )
  expect(spec).toEqual({
    file,
    workflows: [resolve('specs/build/as.wasm'), resolve('specs/build/rust.wasm')],
    builds: [
      {
        command: 'npm run build',
        workflows: [resolve('specs/build/as.wasm'), resolve('specs/build/rust.wasm')],
        line: 2,
        column: 8,
      },
    ],
    input: [
      { csv: resolve('specs/fixtures/hot.csv'), line: 4, column: 5 },
      {
        csv: resolve('specs/nab.csv'),
        series: 'temp',
        tags: ['sensor=1'],
        producer: 'edge-a',
        timeUnit: 'ms',
        line: 5,
        column: 5,
      },
    ],
    http: [
      {
        method: 'POST',
        url: 'https://hooks.example.com/alerts',
        answers: [
          { ...response, status: 503, body: '', contentType: null },
          { ...response, status: 200, body: '', contentType: null },
          { ...response, status: 201, body: '{"id":7}', contentType: 'application/json' },
        ],
        line: 7,
        column: 3,
      },
      {
        method: 'GET',
        url: 'https://example.com/limit',
        answers: [{ ...response, status: 200, body: '100', contentType: 'text/plain;charset=UTF-8' }],
        line: 8,
        column: 3,
      },
    ],
    tests: [
      {
        ...untouched,
        name: 'alerts when the average passes 100',
        input: null,
        http: [],
        expectations: [
          {
            writeback: {
              http: 'POST https://hooks.example.com/alerts',
              json: { level: 'high', value: '<101.5 ±0.1>' },
              status: 201,
            },
            line: 12,
            column: 9,
          },
          { writeback: { ws: 'edge-a', text: 'ALERT: threshold exceeded', at: 7_000_000 }, line: 13, column: 9 },
          { writeback: { ws: 2, json: [], exact: true }, line: 14, column: 9 },
          {
            writeback: { event: 'temp_hourly', value: 41.2, tags: ['sensor=1'], timestamp: '<number>' },
            line: 15,
            column: 9,
          },
        ],
        anyOrder: true,
        atLeast: true,
        exit: null,
        log: null,
        line: 10,
        column: 5,
      },
      {
        ...untouched,
        name: 'gives up',
        input: [{ csv: resolve('specs/other.csv'), line: 19, column: 12 }],
        http: [
          {
            method: 'GET',
            url: 'https://example.com/limit',
            answers: [{ ...response, status: 500, body: '<xml/>', contentType: null }],
            line: 20,
            column: 13,
          },
        ],
        expectations: null,
        anyOrder: false,
        atLeast: false,
        exit: 1,
        log: [
          { text: 'starting', line: 22, column: 11 },
          { text: '</gave up/>', line: 22, column: 21 },
        ],
        line: 18,
        column: 5,
      },
    ],
  })
  expect(Object.isFrozen(spec.tests[0]?.expectations?.[0]?.writeback)).toBe(true)
})

test('every key works in its short forms', () => {
  const spec = parse(
    '{ workflow: w.wasm, input: i.csv, tests: [{ name: quiet, expect: [] }, { name: ends, exit: trapped }] }',
  )
  expect(spec.input).toEqual([{ csv: resolve('specs/i.csv'), line: 1, column: 28 }])
  expect(spec.tests.map(({ expectations, exit }) => [expectations, exit])).toEqual([
    [[], null],
    [null, 'trapped'],
  ])
})

test('aliases that repeat each other without end, and endless nesting, are problems with a place', () => {
  const lists = ['x0: &x0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]']
  for (let index = 1; index < 9; index++)
    lists.push(
      `x${index}: &x${index} [${Array(10)
        .fill(`*x${index - 1}`)
        .join()}]`,
    )
  expect(() => parse(...lists, 'tests: *x8')).toThrow(
    'specs/alert.slung.yaml:5:38: with this alias, the aliases of the file repeat more than 100,000 values',
  )
  const slips = Array(5000).fill('*slip').join()
  expect(() => parse('workflow: &slip 1', `tests: [${slips}]`)).toThrow(/\n… and 4,9\d\d more problems$/)
  for (const levels of [250, 50_000]) {
    expect(() => parse(`workflow: ${'['.repeat(levels)}${']'.repeat(levels)}`)).toThrow(
      'nested more than 200 levels deep, expected at most that many',
    )
  }
  expect(() => parse(`workflow: 0x${'f'.repeat(3_000_000)}`)).toThrow('Infinity is not a JSON value')
})

test('a problem behind a collection that is not closed has the place where it is', () => {
  const check = "    check: [{ at: +1s, query&a 'AVG:temp:[]', equals: 1 }]"
  expect(() => parse('tests:', check, '    exit: drained', '')).toThrow(
    'specs/alert.slung.yaml:4:1: this is not valid YAML: Flow map in block collection must be sufficiently indented',
  )
})

test('an alias repeats the nearest anchor before it, also where it is repeated itself', () => {
  const spec = parse(
    'workflow: &name a.wasm',
    'input: &inputs [*name]',
    'build: &name make',
    'tests: [{ name: *name, input: *inputs, expect: [] }]',
  )
  expect(spec.tests[0]).toMatchObject({ name: 'make', input: [{ csv: resolve('specs/a.wasm') }] })
})

test('aliases repeat what they name, but not themselves', () => {
  const spec = parse(
    'workflow: w.wasm',
    'input: i.csv',
    'tests:',
    '  - name: one',
    '    expect: &alerts',
    '      - { ws: edge-a }',
    '  - { name: other, expect: *alerts }',
  )
  expect(spec.tests[1]?.expectations).toEqual(spec.tests[0]?.expectations)
  expect(expectationProblems('{ ws: edge-a, json: &self [*self] }')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:6:36: the alias "*self" is inside what it repeats"`,
  )
  expect(expectationProblems('{ ws: edge-a, json: *nothing }')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:6:29: the alias "*nothing" has no anchor "&nothing" before it"`,
  )
})

test('all problems are reported together, in the order of the file', () => {
  expect(
    problems(
      'worfklow: build/alert.wasm',
      'input: { csv: 5, series: temp, sensor: 1, time_unit: sec }',
      'http:',
      '  POST /alerts: ok',
      '  POST https://example.com/: yes',
      'tests:',
      '  - name: alerts',
      '    expct: []',
      '  - expect: snap',
      '  - name: alerts',
      '    expect:',
      '      - { post: https://example.com/ }',
      '      - { ws: edge-a, at: noon, exact: maybe }',
    ),
  ).toMatchInlineSnapshot(`
    "specs/alert.slung.yaml:1:1: unknown key "worfklow" in a spec; did you mean "workflow"? known keys: workflow, build, input, http, headers, env, state, start, tick, ticks_max, until, delivery, seed, faults, limits, tests
    specs/alert.slung.yaml:2:15: "csv" of an input is number 5, expected a string (in quotes: "5")
    specs/alert.slung.yaml:2:32: unknown key "sensor" in an input; known keys: csv, series, tags, producer, time_unit
    specs/alert.slung.yaml:2:54: unknown time unit "sec", expected s, ms, us, ns; did you mean "s"?
    specs/alert.slung.yaml:4:3: cannot read the request "POST /alerts": "/alerts" is not an absolute http or https URL; expected a method and a URL, such as POST https://example.com/alerts
    specs/alert.slung.yaml:5:30: an answer is the string "yes", expected ok, a status, reset, { timeout: 30s }, { status, json | text | body, after, slow, times } or a list of them
    specs/alert.slung.yaml:8:5: unknown key "expct" in a test; did you mean "expect"? known keys: name, input, http, headers, env, state, start, tick, ticks_max, until, delivery, seed, faults, limits, expect, any_order, at_least, exit, log, check
    specs/alert.slung.yaml:9:5: a test has no "name": expected a sentence that says what the workflow does
    specs/alert.slung.yaml:9:13: "expect" of a test is the string "snap", expected a list of writebacks ([] = none at all), snapshot or { same_as: another test }
    specs/alert.slung.yaml:10:5: the test on line 7 is also called "alerts": expected distinct names
    specs/alert.slung.yaml:12:9: an expected writeback has "post", expected one of http, ws or event
    specs/alert.slung.yaml:13:27: "at" of an expected ws writeback is the string "noon", expected a time: 2026-01-01T00:00:07Z, 2026-01-01 00:00:07 (UTC) or microseconds since 1970; or +10m
    specs/alert.slung.yaml:13:40: "exact" of an expected ws writeback is the string "maybe", expected true or false"
  `)
})

test('the error says where the first problem is', () => {
  const attempt = (): Spec => parse('tests: []', 'workflow: w.wasm', 'input: x.csv', 'http: ok')
  expect(attempt).toThrow(SpecError)
  expect(attempt).toThrow(expect.objectContaining({ code: 'bad-spec', file, line: 1, column: 8 }) as Error)
})

test('a text that is not YAML, or not a mapping, is reported as such', () => {
  expect(problems('')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:1:1: the spec is empty, expected a mapping with workflow, input and tests"`,
  )
  expect(problems('# nothing yet')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:1:1: the spec is empty, expected a mapping with workflow, input and tests"`,
  )
  expect(problems('- workflow: w.wasm')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:1:1: a spec is a list, expected a mapping with workflow, build, input, http, headers, env, state, start, tick, ticks_max, until, delivery, seed, faults, limits and tests"`,
  )
  expect(problems('workflow: w.wasm', 'tests: [', '')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:3:1: this is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]"`,
  )
  expect(problems('workflow: w.wasm', 'workflow: v.wasm')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:2:1: this is not valid YAML: this key appears twice in the same mapping"`,
  )
  expect(problems('workflow: w.wasm', '---', 'workflow: v.wasm')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:2:1: this is not valid YAML: a second document begins here, expected one"`,
  )
  expect(problems('? [a, b]', ': 1', 'workflow: !wasm w')).toMatchInlineSnapshot(`
    "specs/alert.slung.yaml:1:1: the spec has no "tests": expected a list of tests
    specs/alert.slung.yaml:1:3: this key is not a string, expected one such as "name"
    specs/alert.slung.yaml:3:11: this is not valid YAML: Unresolved tag: !wasm"
  `)
})

test('a spec needs a workflow, tests, and input for each of them', () => {
  expect(problems('build: make')).toMatchInlineSnapshot(`
    "specs/alert.slung.yaml:1:1: the spec has no "workflow": expected the path of a .wasm file, or a list of them
    specs/alert.slung.yaml:1:1: the spec has no "tests": expected a list of tests"
  `)
  expect(problems('workflow: []', 'tests: []')).toMatchInlineSnapshot(`
    "specs/alert.slung.yaml:1:11: "workflow" of the spec is an empty list, expected at least one path
    specs/alert.slung.yaml:2:8: "tests" of the spec is an empty list, expected at least one test"
  `)
  expect(problems('workflow: w.wasm', 'tests:', '  - { name: x, expect: [] }')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:3:5: test "x" has no "input": expected fixtures, here or in the spec"`,
  )
})

test('a test needs its own name', () => {
  expect(testProblems('expect: []')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:4:5: a test has no "name": expected a sentence that says what the workflow does"`,
  )
  expect(testProblems('name: ""', 'expect: []')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:4:11: "name" of a test is empty, expected a string"`,
  )
  expect(testProblems('name: 5', 'expect: []')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:4:11: "name" of a test is number 5, expected a string (in quotes: "5")"`,
  )
})

test('a test that asserts nothing is refused', () => {
  expect(testProblems('name: x')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:4:5: test "x" asserts nothing: expected "expect" (a list of writebacks, [] = none), "check", "exit", "log", "limits" or "after" of "state""`,
  )
  expect(testProblems('name: x', 'any_order: true', 'exit: 0')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:4:5: a test has "any_order" but no "expect" for it to loosen"`,
  )
  expect(testProblems('name: x', 'at_least: true', 'expect: []')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:4:5: test "x" asserts nothing: it expects at least no writebacks"`,
  )
  expect(testProblems('name: x', 'log: []')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:5:10: "log" of a test is an empty list, expected at least one line"`,
  )
})

test('the end of a run is an integer or one of the outcomes', () => {
  expect(testProblems('name: x', 'exit: traped')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:5:11: "exit" of a test is the string "traped", expected what call returns (an integer) or how the run ends: drained, returned, undelivered, runaway, trapped or stuck; did you mean "trapped"?"`,
  )
  expect(testProblems('name: x', 'exit: 1.5')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:5:11: "exit" of a test is number 1.5, expected what call returns (an integer) or how the run ends: drained, returned, undelivered, runaway, trapped or stuck"`,
  )
})

test('an expected writeback is of one kind, and has only what that kind has', () => {
  expect(expectationProblems('POST https://example.com')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:6:9: an expected writeback is the string "POST https://example.com", expected a mapping with http, ws or event"`,
  )
  expect(expectationProblems('{ htp: GET https://example.com, json: {} }')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:6:9: an expected writeback has "htp" and "json", expected one of http, ws or event; did you mean "http"?"`,
  )
  expect(expectationProblems('{ ws: edge-a, event: temp }')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:6:9: an expected writeback has both "ws" and "event", expected one of http, ws or event"`,
  )
  expect(expectationProblems('{ ws: edge-a, status: 200 }')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:6:23: unknown key "status" in an expected ws writeback; known keys: ws, json, text, at, exact, times"`,
  )
  expect(expectationProblems('{ ws: edge-a, json: {}, text: x }')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:6:39: an expected ws writeback has both "json" and "text", expected one of them"`,
  )
  expect(expectationProblems('{ http: POST example.com }')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:6:17: cannot read the request "POST example.com": "example.com" is not an absolute http or https URL; expected a method and a URL, such as POST https://example.com/alerts"`,
  )
  expect(expectationProblems('{ ws: -1 }')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:6:15: "ws" of an expected ws writeback is number -1, expected a producer: its name or number"`,
  )
  expect(expectationProblems('{ ws: edge-a, text: 5 }')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:6:29: "text" of an expected ws writeback is number 5, expected a string (in quotes: "5")"`,
  )
  expect(expectationProblems('{ event: temp, value: high, tags: sensor=1, timestamp: soon }')).toMatchInlineSnapshot(`
    "specs/alert.slung.yaml:6:31: "value" of an expected event writeback is the string "high", expected a number or a placeholder
    specs/alert.slung.yaml:6:43: "tags" of an expected event writeback is the string "sensor=1", expected a list such as [sensor=1]
    specs/alert.slung.yaml:6:64: "timestamp" of an expected event writeback is the string "soon", expected a time: 2026-01-01T00:00:07Z, 2026-01-01 00:00:07 (UTC) or microseconds since 1970"
  `)
  expect(expectationProblems('{ event: temp, exact: true }')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:6:31: "exact" of an expected event writeback tightens "tags", which is missing"`,
  )
})

test('a number of a spec that no sample can have is refused with the reason', () => {
  expect(expectationProblems('{ event: temp, value: 1e400 }')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:6:31: "value" of an expected event writeback is number 1e400 (too large for a double), expected a number or a placeholder"`,
  )
  expect(expectationProblems('{ event: temp, value: 9007199254740993 }')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:6:31: "value" of an expected event writeback is number 9007199254740993 (not a double: the nearest one is 9007199254740992), expected a number or a placeholder"`,
  )
  expect(testProblems('name: x', 'expect: []', 'seed: 9007199254740993')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:6:11: "seed" is number 9007199254740993 (not a double: the nearest one is 9007199254740992), expected a whole number within ±9007199254740991"`,
  )
  expect(testProblems('name: x', 'check: [{ at: 0, query: "MAX:temp:[]", equals: -1e999 }]')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:5:52: "equals" of a check is number -1e999 (too large for a double), expected a number, a placeholder such as <27.3 ±0.1>, or null"`,
  )
})

test('a check is about one number', () => {
  expect(testProblems('name: x', 'check: [{ at: 0, query: "MAX:temp:[room=*]", equals: 1 }]')).toContain(
    'specs/alert.slung.yaml:5:29: cannot answer "MAX:temp:[room=*]" with one number: it has a value for each room; name one',
  )
})

test('a number of a spec may have more digits than a sample keeps', () => {
  const spec = parse(
    'workflow: w.wasm',
    'input: i.csv',
    'tests:',
    '  - { name: x, expect: [{ event: temp, value: 0.333333333333333333333 }, { event: temp, value: 0x10000000000000 }] }',
  )
  expect(spec.tests[0]?.expectations).toMatchObject([
    { writeback: { value: 1 / 3 } },
    { writeback: { value: 2 ** 52 } },
  ])
})

test('an exit code is an i32, as call returns it', () => {
  const spec = parse('workflow: w.wasm', 'input: i.csv', 'tests:', '  - { name: x, exit: -1 }')
  expect(spec.tests[0]?.exit).toBe(-1)
  expect(testProblems('name: x', 'exit: 4294967295')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:5:11: "exit" of a test is 4294967295, expected an integer from -2147483648 to 2147483647; did you mean -1?"`,
  )
  expect(testProblems('name: x', 'exit: -2147483649')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:5:11: "exit" of a test is -2147483649, expected an integer from -2147483648 to 2147483647"`,
  )
})

test('an expected writeback, or an answer, may stand for several in a row', () => {
  const request = 'POST https://example.com/'
  const text = (times: string): string =>
    `{ workflow: w.wasm, input: i.csv, http: { ${request}: [{ status: 503, times: 2 }, { timeout: 5s, times: 2 }, ok] },
      tests: [{ name: x, expect: [{ http: ${request}, status: 503, times: ${times} }, { ws: edge-a }] }] }`
  const { http, tests } = parseSpec(text('2'), 'x.slung.yaml')
  expect(http[0]!.answers.map((answer) => (answer.kind === 'response' ? answer.status : answer.kind))).toEqual([
    503,
    503,
    'timeout',
    'timeout',
    200,
  ])
  const expected = { writeback: { http: request, status: 503 }, line: 2 }
  expect(tests[0]!.expectations).toMatchObject([expected, expected, { writeback: { ws: 'edge-a' } }])
  for (const times of ['0', '1.5', 'often', '1000000']) {
    expect(() => parseSpec(text(times), 'x.slung.yaml')).toThrow(
      /"times" of an expected http writeback is .*, expected a whole number from 1 to 100000/,
    )
  }
})

test('a placeholder may stand for a time', () => {
  const spec = parse(
    'workflow: w.wasm',
    'input: i.csv',
    'tests:',
    '  - { name: x, expect: [{ ws: edge-a, at: <any> }, { event: temp, timestamp: <number> }] }',
  )
  expect(spec.tests[0]?.expectations).toMatchObject([
    { writeback: { at: '<any>' } },
    { writeback: { timestamp: '<number>' } },
  ])
})

test('a bad placeholder is reported where it stands, however deep', () => {
  expect(
    testProblems('name: x', 'expect:', '  - ws: edge-a', '    json:', '      items:', '        - { id: <nubmer> }'),
  ).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:9:21: cannot read the placeholder "<nubmer>": did you mean <number>? (placeholders are <any>, <number>, <string>, </regex/>, <41.2 ±0.05>; for exactly this text write "</^<nubmer>$/>")"`,
  )
  expect(expectationProblems('{ ws: edge-a, json: .nan }')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:6:29: NaN is not a JSON value"`,
  )
})

test('a time may be a date or microseconds', () => {
  const [expectation] = parse(
    'workflow: w.wasm',
    'input: i.csv',
    'tests:',
    '  - { name: x, expect: [{ ws: a, at: 7000000 }, { ws: a, at: 1970-01-01 00:00:07.5 }] }',
  ).tests[0]!.expectations!.map(({ writeback }) => writeback)
  expect(expectation).toEqual({ ws: 'a', at: 7_000_000 })
})

test('answers are for whole requests, once each, and must be possible', () => {
  const answerProblems = (...lines: readonly string[]): string =>
    problems(
      'workflow: w.wasm',
      'input: i.csv',
      'http:',
      ...lines.map((line) => `  ${line}`),
      'tests: [{ name: x, exit: 0 }]',
    )
  expect(answerProblems('FETCH https://example.com: ok')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:4:3: cannot read the request "FETCH https://example.com": a workflow cannot send "FETCH" (only GET, POST, PUT, DELETE); expected a method and a URL, such as POST https://example.com/alerts"`,
  )
  expect(answerProblems('GET </x/>: ok')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:4:3: the URL of "GET </x/>" is a placeholder: placeholders are only for expected values, expected a whole URL"`,
  )
  expect(answerProblems('GET https://example.com: ok', 'GET https://example.com/: 503')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:5:3: "GET https://example.com/" is already answered on line 4; write several answers as a list"`,
  )
  expect(answerProblems('GET https://example.com: []')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:4:28: a list of answers is empty, expected at least one"`,
  )
  expect(answerProblems('GET https://example.com: 42')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:4:28: a status is number 42, expected a whole number from 200 to 999"`,
  )
  expect(answerProblems('GET https://example.com: { status: 204, json: {} }')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:4:28: an answer has "json", but a response with status 204 has no body"`,
  )
  expect(answerProblems('GET https://example.com: { text: a, body: b, statuss: 1 }')).toMatchInlineSnapshot(`
    "specs/alert.slung.yaml:4:28: an answer has both "text" and "body", expected one body
    specs/alert.slung.yaml:4:48: unknown key "statuss" in an answer; did you mean "status"? known keys: status, json, text, body, after, slow, timeout, times
    specs/alert.slung.yaml:4:57: a status is number 1, expected a whole number from 200 to 999"
  `)
  expect(answerProblems('- ok')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:4:3: "http" is a list, expected answers such as POST https://example.com/alerts: ok"`,
  )
})

test('any text is a spec or a SpecError', () => {
  const pieces =
    'workflow tests name expect http ws json input true 1 <any> <x> &a *a - : , [ ] { } " | ? !t # \t \n \n'
  const piece = fc.constantFrom(...pieces.split(' '), ' ', ': ', '- ')
  const text = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 40 }).map((list) => list.join('')),
  )
  fc.assert(
    fc.property(text, (source) => {
      try {
        expect(parseSpec(source, file).tests.length).toBeGreaterThan(0)
      } catch (error) {
        expect(error).toBeInstanceOf(SpecError)
        const { line, column } = error as SpecError
        expect(Math.min(line, column)).toBeGreaterThanOrEqual(1)
      }
    }),
    { numRuns: 500 },
  )
})

test('headers belong to patterns of URLs, and those of a test come last', () => {
  const { tests } = parse(
    'workflow: w.wasm',
    'input: i.csv',
    'headers: { https://a.example/v1/: { Authorization: Bearer test } }',
    'tests:',
    '  - { name: a, exit: 0 }',
    '  - { name: b, exit: 0, headers: { a.example: { authorization: "2" } } }',
  )
  expect(tests.map(({ headers }) => headers.map((rule) => rule.headers))).toEqual([
    [{ authorization: 'Bearer test' }],
    [{ authorization: 'Bearer test' }, { authorization: '2' }],
  ])
  expect(
    testProblems(
      'name: x',
      'exit: 0',
      'headers: { "*": { a: b }, a.example: 3, b.example: { Host: x }, c.example: { n: 1 } }',
    ),
  ).toMatchInlineSnapshot(`
    "specs/alert.slung.yaml:6:16: cannot add headers to "*": expected a host, so that no other gets them
    specs/alert.slung.yaml:6:42: "a.example" of headers is number 3, expected a mapping such as { authorization: Bearer test }
    specs/alert.slung.yaml:6:45: the header "Host" is up to the runtime; leave it out
    specs/alert.slung.yaml:6:85: "n" of headers is number 1, expected a string (in quotes: "1")"
  `)
  expect(testProblems('name: x', 'exit: 0', 'headers: [a]')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:6:14: "headers" is a list, expected a mapping such as { https://hooks.example.com: { authorization: Bearer test } }"`,
  )
  expect(testProblems('name: x', 'expect: [{ http: GET https://a.example, headers: { a: 1, b: <an>} }]'))
    .toMatchInlineSnapshot(`
    "specs/alert.slung.yaml:5:59: the expected header "a" is number 1, expected a string (in quotes: "1")
    specs/alert.slung.yaml:5:65: cannot read the placeholder "<an>": did you mean <any>? (placeholders are <any>, <number>, <string>, </regex/>, <41.2 ±0.05>; for exactly this text write "</^<an>$/>")"
  `)
  expect(testProblems('name: x', 'expect: [{ http: GET https://a.example, headers: a }]')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:5:54: "headers" of an expected http writeback is the string "a", expected a mapping such as { authorization: <any> }"`,
  )
})

test('the state is preset by key, that of a test on top of the spec, and checked', () => {
  const { tests } = parse(
    'workflow: w.wasm',
    'input: i.csv',
    'state: { before: { a: "1", b: "" }, after: { a: <number> } }',
    'tests:',
    '  - { name: a, exit: 0 }',
    '  - { name: b, exit: 0, state: { before: { b: x }, after: { c: null } } }',
  )
  expect(tests.map(({ state }) => [state.before, state.after.map(({ key, value }) => [key, value])])).toEqual([
    [{ a: '1', b: '' }, [['a', '<number>']]],
    [{ a: '1', b: 'x' }, [['c', null]]],
  ])
  expect(
    testProblems(
      'name: x',
      'exit: 0',
      'state: { before: { a: 1, b: [] }, after: { c: <an>, d: 2, e: [1], f: { is: x } }, now: {} }',
    ),
  ).toMatchInlineSnapshot(`
      "specs/alert.slung.yaml:6:27: "a" of state is number 1, expected a string (in quotes: "1")
      specs/alert.slung.yaml:6:33: "b" of state is a list, expected a string
      specs/alert.slung.yaml:6:51: cannot read the placeholder "<an>": did you mean <any>? (placeholders are <any>, <number>, <string>, </regex/>, <41.2 ±0.05>; for exactly this text write "</^<an>$/>")
      specs/alert.slung.yaml:6:60: "d" of state is number 2, expected a string (in quotes: "2")
      specs/alert.slung.yaml:6:66: "e" of state is a list, expected a string
      specs/alert.slung.yaml:6:74: "f" of state is a mapping, expected a string
      specs/alert.slung.yaml:6:87: unknown key "now" in "state"; known keys: before, after"
    `)
  expect(testProblems('name: x', 'exit: 0', 'state: { before: [a], after: 3 }')).toMatchInlineSnapshot(`
    "specs/alert.slung.yaml:6:22: "before" of state is a list, expected a mapping such as { is_high: "1" }
    specs/alert.slung.yaml:6:34: "after" of state is number 3, expected a mapping such as { is_high: "1" }"
  `)
  expect(testProblems('name: x', 'exit: 0', 'state: { before: { "": x } }')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:6:22: cannot set a key of 0 bytes: expected from 1 to 256 bytes of UTF-8"`,
  )
  // It is an assertion.
  expect(testProblems('name: x', 'state: { after: { a: b } }')).toBe('nothing is wrong')
})

test('variables are strings with usable names, and those of a test come on top of the spec', () => {
  const { tests } = parse(
    'workflow: w.wasm',
    'input: i.csv',
    'env: { LIMIT: "100", ROOM: cold store }',
    'tests:',
    '  - { name: a, exit: 0 }',
    '  - { name: b, exit: 0, env: { LIMIT: "5", __proto__: x } }',
  )
  expect(tests.map(({ environment }) => Object.entries(environment))).toEqual([
    [
      ['LIMIT', '100'],
      ['ROOM', 'cold store'],
    ],
    [
      ['LIMIT', '5'],
      ['ROOM', 'cold store'],
      ['__proto__', 'x'],
    ],
  ])
  expect(testProblems('name: x', 'exit: 0', 'env: { LIMIT: 100, "A=B": c, D: "\\0", E: [], "": f }'))
    .toMatchInlineSnapshot(`
    "specs/alert.slung.yaml:6:19: "LIMIT" of env is number 100, expected a string (in quotes: "100")
    specs/alert.slung.yaml:6:24: the variable's name "A" is followed by = or contains a NUL, expected a name alone, such as API_KEY
    specs/alert.slung.yaml:6:37: the value of the variable contains a NUL, which an environment cannot hold
    specs/alert.slung.yaml:6:46: "E" of env is a list, expected a string
    specs/alert.slung.yaml:6:50: the variable's name is empty, expected a name alone, such as API_KEY"
  `)
  expect(testProblems('name: x', 'exit: 0', 'env: LIMIT=100')).toMatchInlineSnapshot(
    `"specs/alert.slung.yaml:6:10: "env" is the string "LIMIT=100", expected a mapping such as { LIMIT: "100" }"`,
  )
})
