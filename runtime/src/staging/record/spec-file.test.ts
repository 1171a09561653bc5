import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseJson } from '../../engine/model/json.ts'
import { formatSpec, groupAnswers, type SpecContents } from './spec-file.ts'

const start = Date.UTC(2026, 0, 1, 9) * 1000

const contents: SpecContents = {
  workflow: {
    name: 'alert',
    path: '../build/alert.wasm',
    isFound: true,
    tickMillis: 1000,
    variables: [],
    runningSince: null,
    runningQueries: [],
  },
  where: 'ws://127.0.0.1:2077 (slung 0.1.0)',
  start,
  until: start + 60_000_000,
  inputs: ['incident.csv'],
  historyCount: 0,
  sampleCount: 12,
  closings: [],
  state: {},
  answers: [],
  expect: [],
  ended: null,
  secrets: new Set(),
  leftIn: new Set(),
  inexact: new Set(),
  isHolding: false,
  incomplete: null,
}

test('a quiet workflow', () => {
  expect(formatSpec(contents)).toMatchInlineSnapshot(`
    "# What "alert" did on ws://127.0.0.1:2077 (slung 0.1.0), from 2026-01-01T09:00:00Z to 2026-01-01T09:01:00Z.
    # Recorded by "slung record": 12 samples that arrived, and 0 that were in the store before.

    workflow: ../build/alert.wasm
    start: 2026-01-01T09:00:00Z
    tick: 1s
    until: 2026-01-01T09:01:00Z
    input: incident.csv
    tests:
      - name: as recorded on 2026-01-01
        expect: []
    "
  `)
})

test('nothing in the comment ends its line, for any reader of YAML', () => {
  const foreign = 'a\nworkflow: b\r\u0085workflow: c\u2028workflow: d'
  const spec = formatSpec({
    ...contents,
    workflow: { ...contents.workflow, name: foreign },
    secrets: new Set([foreign]),
  })
  expect(spec).not.toMatch(/[\r\u0085\u2028]/)
  expect(spec.split('\n').filter((line) => line.startsWith('workflow:'))).toEqual(['workflow: ../build/alert.wasm'])
})

test('a time in which nothing arrived is a test, too', () => {
  expect(parse(formatSpec({ ...contents, inputs: [] }))).toMatchObject({
    input: { nothing: { every: '1s', values: '_' } },
  })
})

test('numbers keep the digits that no double has', () => {
  const json = parseJson('{"device":9007199254740993,"load":1e400,"balance":[0.123456789012345678]}')
  const spec = formatSpec({
    ...contents,
    answers: [{ request: 'GET https://api.example.com/limit', answer: { status: 200, json } }],
    expect: [{ ws: 2, json }],
  })

  expect(spec).toContain(
    '- { ws: 2, json: { device: 9007199254740993, load: 1e400, balance: [ 0.123456789012345678 ] } }',
  )
  expect(spec).toContain('json: { device: 9007199254740993, load: 1e400, balance: [ 0.123456789012345678 ] } }')
})

test('everything that can be said', () => {
  const request = 'POST https://hooks.example.com/alerts?key=REDACTED'
  const spec = formatSpec({
    ...contents,
    workflow: {
      ...contents.workflow,
      isFound: false,
      tickMillis: 250,
      variables: ['HOOK', 'API_KEY'],
      runningSince: start - 3_600_000_000,
      runningQueries: ['SUM:temp:[]'],
    },
    inputs: ['incident.csv', 'incident-other.csv'],
    historyCount: 3,
    closings: [{ producer: 2, at: start + 5_000_000 }],
    answers: [
      { request, answer: 503 },
      { request, answer: { status: 200, json: { id: 7 } } },
      { request, answer: { status: 200, json: { id: 7 } } },
      { request: 'GET https://api.example.com/limit', answer: { timeout: '10s' } },
    ],
    expect: [
      { http: request, json: { level: 'high', note: 'a: b # "c"\n' }, status: 503 },
      { ws: 2, text: '</^at .+$/s>' },
      { event: 'mean', value: 1.5, tags: ['sensor=1'], timestamp: start + 1 },
      { event: 'mean', value: -2, timestamp: 9_007_199_254_740_991 },
    ],
    ended: { exit: 'trapped', reason: 'trapped: unreachable\nat x' },
    secrets: new Set(['"key" in a query string']),
    leftIn: new Set(['"token" in a text, in a tag of temp']),
    inexact: new Set(['times that the workflow read off the clock match any']),
    incomplete: 'the connection was lost',
  })
  expect(spec).toMatchInlineSnapshot(`
    "# What "alert" did on ws://127.0.0.1:2077 (slung 0.1.0), from 2026-01-01T09:00:00Z to 2026-01-01T09:01:00Z.
    # Recorded by "slung record": 12 samples that arrived, and 3 that were in the store before.

    # INCOMPLETE: the connection was lost.

    # The module was not found at that path from here: correct "workflow".

    # The run was over before the recording was: it trapped: unreachable at x.

    # It had been running since 2026-01-01T08:00:00Z. A replay starts it from scratch, at "start", with what the store held then:
    # rolling windows and history queries see what they saw. What it had only in memory is lost.
    # An aggregate without a range starts at its subscription, so here it starts from the samples of this recording on:
    # - SUM:temp:[]

    # It had these environment variables; their values are not recorded, so set them in "env": HOOK, API_KEY.

    # Taken out, because it looks like a secret (REDACTED in a URL matches anything):
    # - "key" in a query string

    # Left in, though it looks like a secret:
    # - "token" in a text, in a tag of temp

    # Not as it was:
    # - times that the workflow read off the clock match any

    workflow: ../build/alert.wasm
    start: 2026-01-01T09:00:00Z
    tick: 250ms
    until: 2026-01-01T09:01:00Z
    input:
      - incident.csv
      - incident-other.csv
    http:
      POST https://hooks.example.com/alerts?key=REDACTED:
        - 503
        - { status: 200, json: { id: 7 } }
      GET https://api.example.com/limit: { timeout: 10s }
    faults:
      - { close: 2, at: 2026-01-01T09:00:05Z }
    tests:
      - name: as recorded on 2026-01-01
        at_least: true
        exit: trapped
        expect:
          - { http: POST https://hooks.example.com/alerts?key=REDACTED, json: { level: high, note: "a: b # \\"c\\"\\n" }, status: 503 }
          - { ws: 2, text: </^at .+$/s> }
          - { event: mean, value: 1.5, tags: [ sensor=1 ], timestamp: 2026-01-01T09:00:00.000001Z }
          - { event: mean, value: -2, timestamp: 2255-06-05T23:47:34.740991Z }
    "
  `)
})

test('a flood of notes is shortened', () => {
  const notes = new Set(Array.from({ length: 60 }, (_, index) => `note ${index}`))
  expect(formatSpec({ ...contents, inexact: notes })).toContain('# - note 49\n# - and 10 more\n')
})

test('answers that repeat at the end are written once', () => {
  const of = (...answers: (number | 'ok')[]) =>
    groupAnswers(answers.map((answer) => ({ request: 'GET https://a.example/', answer })))
  expect(of(500, 'ok', 'ok', 'ok')).toEqual({ 'GET https://a.example/': [500, 'ok'] })
  expect(of('ok', 'ok', 500)).toEqual({ 'GET https://a.example/': [{ status: 200, times: 2 }, 500] })
  expect(of('ok', 'ok')).toEqual({ 'GET https://a.example/': 'ok' })
})

test('what a workflow does again and again is one line', () => {
  const retry = { http: 'POST https://a.example/', json: { id: 7 }, status: 503 }
  const spec = formatSpec({
    ...contents,
    expect: [...Array.from({ length: 300 }, () => retry), { ...retry, status: 200 }],
    answers: [...Array.from({ length: 300 }, () => 503), 'ok' as const].map((answer) => ({
      request: retry.http,
      answer,
    })),
  })
  expect(spec).toContain('  POST https://a.example/:\n    - { status: 503, times: 300 }\n    - ok\n')
  expect(spec).toContain(
    '      - { http: POST https://a.example/, json: { id: 7 }, status: 503, times: 300 }\n' +
      '      - { http: POST https://a.example/, json: { id: 7 }, status: 200 }\n',
  )
})

test('law: what is written is read back unchanged, with any body', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { maxLength: 5 }), fc.string({ unit: 'grapheme' }), (bodies, text) => {
      const json: unknown = JSON.parse(JSON.stringify(bodies))
      const expected = [
        { ws: 1, json },
        { ws: 2, text },
      ] as const
      const answer = { request: 'GET https://a.example/', answer: { status: 200, json } }
      const spec = parse(formatSpec({ ...contents, expect: expected, answers: [answer] })) as {
        readonly http: unknown
        readonly tests: readonly { readonly expect: unknown }[]
      }
      expect(spec.tests[0]!.expect).toEqual(expected)
      expect(spec.http).toEqual({ [answer.request]: answer.answer })
    }),
    { numRuns: 300 },
  )
})
