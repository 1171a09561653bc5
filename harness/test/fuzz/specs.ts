/**
 * Spec files with changes that nobody would make: each is refused with places inside the file, or its tests run and are judged.
 * Anything else that is thrown, and anything that does not end, breaks the law.
 */
import { ok } from 'node:assert/strict'
import fc from 'fast-check'
import { SlungError } from '@slung/runtime'
import { fuzzLaw, type Fuzz, type Law } from '../../../runtime/test/fuzz/law.ts'
import { describeFailure } from '../../src/report/describe-failure.ts'
import { parseSpec } from '../../src/spec-file/parse-spec.ts'
import { SpecError } from '../../src/spec-file/spec-error.ts'
import type { Spec, SpecTest } from '../../src/spec-file/spec.ts'
import { FailureTrace } from '../../src/trace/failure-trace.ts'
import { judgeRun } from '../../src/verdict/judge-run.ts'
import { loadCase, replayCase, settleExpectations } from '../../src/vitest/replay-spec-test.ts'
import { setup } from '../build-guests.ts'

interface SpecText {
  readonly text: string
}

const home = import.meta.dirname
const millisMax = 60_000

async function holds({ text }: SpecText): Promise<void> {
  const began = performance.now()
  const spec = parse(text)
  ok(performance.now() - began < millisMax, 'the spec is read for too long')
  for (const test of spec?.tests ?? []) {
    for (const workflow of spec!.workflows) await inTime(run(spec!, test, workflow))
  }
}

function parse(text: string): Spec | null {
  try {
    return parseSpec(text, `${home}/fuzzed.slung.yaml`)
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    const lines = text.split('\n')
    for (const { line, column, message } of error.problems) {
      const isInside = line >= 1 && line <= lines.length && column >= 1 && column <= lines[line - 1]!.length + 1
      ok(isInside, `${line}:${column} is not in the file: ${message}`)
      ok(message !== '', 'a problem without a message')
    }
    return null
  }
}

async function run(spec: Spec, specTest: SpecTest, workflow: string): Promise<void> {
  try {
    const specCase = await loadCase(spec, specTest, workflow)
    const came = await replayCase(specCase)
    const test = await settleExpectations(specCase, came.modes.start)
    const verdict = judgeRun(test, came)
    if (verdict.passed) return
    const trace = new FailureTrace(specCase.guest)
    await replayCase(specCase, { onTrace: (lines) => trace.add(lines) })
    ok(describeFailure({ spec, test, run: came, verdict, trace, traceFile: null, directory: home }) !== '')
  } catch (error) {
    // Such as a fault that has nothing to act on.
    if (!(error instanceof SlungError)) throw error
  }
}

async function inTime(running: Promise<void>): Promise<void> {
  const tooLong = Promise.withResolvers<never>()
  const timer = setTimeout(() => tooLong.reject(new Error('the run does not end')), millisMax)
  try {
    await Promise.race([running, tooLong.promise])
  } finally {
    clearTimeout(timer)
  }
}

const whole = `workflow: ../../build/guests/downsample.wasm
input: ../specs/two-rows.csv
start: 2025-12-31T23:59:59Z
seed: 7
http:
  POST https://hooks.example.com/silent: [{ status: 503, times: 2 }, { json: { a: [1, 2.50] }, after: 10s }, ok]
tests:
  - name: copies what it reads
    expect:
      - { event: copy, value: 4, tags: [a=1], at: 2026-01-01T00:00:00Z }
      - { ws: edge-a, text: 1 copies }
      - { event: copy, value: <3 ±0.5>, timestamp: <number> }
      - { ws: 1, text: </^2 /> }
  - name: at least the second copy
    at_least: true
    any_order: true
    expect: &copies [{ event: copy, at: +1s, times: 1 }]
  - { name: the same, expect: { same_as: copies what it reads } }
  - name: drains, whatever goes wrong
    faults:
      - { duplicate: 50%, producer: edge-a }
      - { late: 10s, of: 20% }
      - { disconnect: edge-a, at: +1s, for: 5s }
    delivery: latest
    limits: { callback_p99: 500ms, memory: 16MB, trap: never }
    check: [{ at: +1s, query: 'AVG:temp:[]', equals: <3.5 ±1> }]
    exit: drained
`
const inline = `workflow: [../../build/guests/watch-silence.wasm]
tick: 1m
until: +10m
input:
  temp{sensor=1, producer="edge a"}: { every: 10s, values: 20+0.1x5 _x3 41 }
http: { POST https://hooks.example.com/silent: { timeout: 30s } }
tests:
  - name: tells the silence
    expect: [{ http: POST https://hooks.example.com/silent, json: { since: <any> } }]
    log: [nothing at 1767225660000000, '</nothing (\\d+)*$/>']
  - name: fails
    input: [../specs/three-rows.csv, { csv: ../specs/two-rows.csv, tags: [b], producer: 3, time_unit: us }]
    expect: []
    exit: trapped
`

const marks = `&a *a *copies << ~ [ ] { } : - " ' | > # !!int 0 -1 1e400 0x1f .nan 9007199254740993 1e9 0% 101% true null +`
const values =
  '10ms 0s +10y 10w 2026-02-30T00:00:00Z 1767225600 <any> <nubmer> </(a+)+$/> </[/> _x9 ../specs/failing.slung.yaml .'
const keys =
  'workflow input env tests name expect snapshot same_as burst close gap skew reorder ticks_max __proto__ constructor'
const odd = [', ', '- ', '\n', '  ', '\t', '\u0085', '\u{1f321}', '\u001b[2J', 'x'.repeat(300)]
const words = [...`${marks} ${values} ${keys}`.split(' '), ...odd]
const put = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...words) }, fc.string({ unit: 'binary', maxLength: 3 }))

type Change = readonly [how: 'word' | 'line' | 'number' | 'repeat', where: number, gone: number, put: string]
const change: fc.Arbitrary<Change> = fc.tuple(
  fc.constantFrom('word', 'word', 'word', 'line', 'number', 'repeat'),
  fc.nat(),
  fc.nat(4),
  put,
)

function changed(text: string, [how, where, gone, written]: Change): string {
  if (how === 'line' || how === 'repeat') {
    const lines = text.split('\n')
    const at = where % lines.length
    return (how === 'line' ? lines.toSpliced(at, gone) : lines.toSpliced(at, 0, ...lines.slice(at, at + gone))).join(
      '\n',
    )
  }
  // The places where a word, or a number, begins.
  const starts = [...text.matchAll(how === 'word' ? /(?<!\w)(?=\w)|[^\w\s]/g : /(?<![\d.])\d/g)].map(
    ({ index }) => index,
  )
  const at = starts[where % Math.max(1, starts.length)] ?? 0
  const length = gone === 0 ? 0 : (/^(?:\w+|[^\w\s])/.exec(text.slice(at))?.[0].length ?? 0)
  return text.slice(0, at) + written + text.slice(at + length)
}

export const specs: Law<SpecText> = {
  name: 'specs',
  home,
  cases: fc
    .tuple(fc.constantFrom(whole, inline), fc.array(change, { maxLength: 4 }))
    .map(([text, changes]) => ({ text: changes.reduce(changed, text) })),
  holds,
  batchSize: 100,
  open: setup,
}

export const fuzz: Fuzz = fuzzLaw(specs)
