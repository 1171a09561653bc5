import type { HttpMethod } from '@slung/runtime'
import { expect, test } from 'vitest'
import type { ReplayRun } from '../run/replay-run.ts'
import { parseSpec } from '../spec-file/parse-spec.ts'
import { answerUses } from './record-coverage.ts'

const spec = parseSpec(
  `workflow: flow.wasm
input:
  temp: { every: 10s, values: 20 }
http:
  POST https://a.example/alerts: ok
  GET https://a.example/limit: ok
tests:
  - name: with an answer of its own
    http:
      POST https://a.example/alerts: 503
    expect: []
  - name: with those of the spec
    expect: []
`,
  '/flows/flow.slung.yaml',
)

function used(testIndex: number, ...requests: (readonly [HttpMethod, string])[]): string[] {
  const writebacks = requests.map(([method, url]): ReplayRun['writebacks'][number] => {
    return { kind: 'http', at: 0, method, url, body: '', status: 200, cause: null }
  })
  const uses = answerUses({ spec, test: spec.tests[testIndex]! }, { writebacks })
  expect(uses.every((use) => use.spec === '/flows/flow.slung.yaml')).toBe(true)
  return uses.map((use) => `${use.line} ${use.request} ${use.used ? 'used' : 'unused'}`)
}

test('an answer is used by a request of the same method and address', () => {
  expect(used(1, ['GET', 'https://a.example/alerts'], ['GET', 'https://A.example/limit'])).toEqual([
    '5 POST https://a.example/alerts unused',
    '6 GET https://a.example/limit used',
  ])
})

test('an answer with REDACTED in its address is used by the request with the secret', () => {
  const text =
    'workflow: flow.wasm\ninput: rows.csv\n' +
    'http: { POST https://a.example/send?key=REDACTED: ok }\ntests: [{ name: sends, expect: [] }]'
  const redacted = parseSpec(text, '/flows/redacted.slung.yaml')
  const sent = {
    kind: 'http',
    at: 0,
    method: 'POST',
    url: 'https://a.example/send?key=7f2c',
    body: '',
    status: 200,
    cause: null,
  } as const

  expect(answerUses({ spec: redacted, test: redacted.tests[0]! }, { writebacks: [sent] })).toMatchObject([
    { used: true },
  ])
})

test('an answer that the test replaces is not used', () => {
  expect(used(0, ['POST', 'https://a.example/alerts'])).toEqual([
    '5 POST https://a.example/alerts unused',
    '6 GET https://a.example/limit unused',
    '10 POST https://a.example/alerts used',
  ])
})
