import type { Writeback } from '@slung/runtime'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatTimeline, type ApprovableRun } from './format-timeline.ts'
import { matchTimeline } from './match-timeline.ts'
import { parseTimeline } from './timeline-lines.ts'

const newYear = Date.UTC(2026, 0, 1) * 1000

/** A run that drained, with the given changes. */
function runOf(writebacks: readonly Writeback[], rest: Partial<ApprovableRun> = {}): ApprovableRun {
  return {
    writebacks: writebacks.map((writeback) => ({ ...writeback, cause: null })),
    producers: new Map([[1, 'edge-a']]),
    outcome: 'drained',
    code: null,
    trap: null,
    ...rest,
  }
}

function ws(text: string): Writeback {
  return { kind: 'ws', at: newYear + 5_000_000, producer: 1, text }
}

function post(body: string, status = 200, url = 'https://hooks.example.com/alerts'): Writeback {
  return { kind: 'http', at: newYear, method: 'POST', url, body, status }
}

function event(series: string, tags: readonly string[], timestamp = newYear): Writeback {
  return { kind: 'event', at: newYear, timestamp, series, value: 41.2, tags }
}

test('one line per writeback, then how the run ended', () => {
  const run = runOf([
    ws('ALERT: threshold exceeded'),
    post('{"level":"high","value":100.4}'),
    post('', 0),
    event('temp_hourly', ['sensor=1']),
    event('temp_hourly', ['sensor=1', 'muted'], newYear - 3_600_000_000),
  ])
  expect(`\n${formatTimeline(run).join('\n')}\n`).toBe(`
2026-01-01T00:00:05Z  WS edge-a "ALERT: threshold exceeded"
2026-01-01T00:00:00Z  POST https://hooks.example.com/alerts {"level":"high","value":100.4} → 200
2026-01-01T00:00:00Z  POST https://hooks.example.com/alerts → no response
2026-01-01T00:00:00Z  EVENT temp_hourly{sensor=1} = 41.2
2026-01-01T00:00:00Z  EVENT temp_hourly{sensor=1,muted} = 41.2 (timestamp 2025-12-31T23:00:00Z)
drained
`)
})

test.each<[Partial<ApprovableRun>, string]>([
  [{ outcome: 'undelivered' }, 'undelivered'],
  [{ outcome: 'returned', code: 0 }, 'returned 0'],
  [{ outcome: 'trapped', trap: trapOf('unreachable') }, 'trapped: unreachable'],
  [{ outcome: 'trapped', trap: trapOf('panicked:\n  "no"') }, String.raw`trapped: "panicked:\n  \"no\""`],
  [{ outcome: 'trapped', trap: trapOf('<any>') }, String.raw`trapped: "\u003cany>"`],
])('%j ends as "%s"', (rest, line) => {
  expect(formatTimeline(runOf([], rest))).toEqual([line])
})

test.each([
  ['{ "b" : [1.0, 1e2],\n "a": "x y" }', '{"b":[1.0,1e2],"a":"x y"}'],
  ['12', '"12"'],
  ['{"half"', String.raw`"{\"half\""`],
  ['two\nlines \u009b', String.raw`"two\nlines \u009b"`],
  [String.raw`{"a":"\u00e9"}`, '{"a":"é"}'],
  ['{"a":"<any>"}', String.raw`{"a":"\u003cany>"}`],
  ['<p>markup</p>', String.raw`"\u003cp>markup</p>"`],
  ['a <b> c', '"a <b> c"'],
  ['[12345678901234567890]', '[12345678901234567890]'],
])('the body %j is written as %s', (body, written) => {
  expect(formatTimeline(runOf([ws(body)]))[0]).toBe(`2026-01-01T00:00:05Z  WS edge-a ${written}`)
})

test('JSON too deep to be walked is a text', () => {
  const deep = '['.repeat(5000) + ']'.repeat(5000)
  const lines = formatTimeline(runOf([ws(deep)]))
  expect(lines[0]).toContain(`WS edge-a "[[[`)
  expect(matchTimeline(lines.join('\n'), lines).matches).toBe(true)
})

test('names that are not one plain word are in quotes', () => {
  const run = runOf([
    event('temp hourly', ['path=/a b', 'list=1,2', 'plain=1']),
    event('<any>', []),
    post('', 200, 'https://x.example/a b'),
  ])
  const written = formatTimeline(run).slice(0, -1)
  expect(written.map((line) => line.slice('2026-01-01T00:00:00Z  '.length))).toEqual([
    'EVENT "temp hourly"{"path=/a b","list=1,2",plain=1} = 41.2',
    String.raw`EVENT "\u003cany>" = 41.2`,
    'POST "https://x.example/a b" → 200',
  ])
})

const trickyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '<any>',
    '<b>x</b>',
    '→',
    '→ 200',
    '=',
    ')',
    '(timestamp',
    'WS',
    '"',
    '\\',
    '[1]',
    '{"a":"<number>"}',
    '',
  ),
  fc.json(),
)
const name = trickyText.filter((text) => text !== '')
const writeback: fc.Arbitrary<Writeback> = fc.oneof(
  fc.record({ kind: fc.constant('ws'), at: fc.maxSafeInteger(), producer: fc.constantFrom(1, 2), text: trickyText }),
  fc.record({
    kind: fc.constant('http'),
    at: fc.maxSafeInteger(),
    method: fc.constantFrom('GET', 'POST'),
    url: trickyText,
    body: trickyText,
    status: fc.constantFrom(0, 200, 503),
  }),
  fc.record({
    kind: fc.constant('event'),
    at: fc.constantFrom(newYear, 0),
    timestamp: fc.constantFrom(newYear, 0),
    series: name,
    value: fc.double({ noNaN: true, noDefaultInfinity: true }),
    tags: fc.array(name, { maxLength: 3 }),
  }),
)
const anyRun = fc
  .tuple(fc.array(writeback, { maxLength: 5 }), name, fc.option(trickyText))
  .map(([writebacks, producer, message]) =>
    runOf(writebacks, {
      producers: new Map([[1, producer]]),
      ...(message !== null && { outcome: 'trapped', trap: trapOf(message) }),
    }),
  )

test('anything a guest sends stays in its line, is not a placeholder, and matches itself', () => {
  fc.assert(
    fc.property(anyRun, (run) => {
      const lines = formatTimeline(run)
      const parsed = parseTimeline(lines.join('\n'))
      expect(lines).toHaveLength(run.writebacks.length + 1)
      expect(parsed.map(({ text }) => text)).toEqual(lines)
      // oxlint-disable-next-line no-control-regex -- control characters are what this looks for
      for (const line of lines) expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/)
      expect(JSON.stringify(parsed)).not.toContain('"kind":"placeholder"')
      expect(matchTimeline(lines.join('\n'), lines)).toMatchObject({ matches: true, merged: lines })
      // Not only because the texts are equal.
      const spaced = lines.map((line, index) => (index < lines.length - 1 ? line.replace('  ', '   ') : line))
      expect(matchTimeline(spaced.join('\n'), lines).matches).toBe(true)
    }),
  )
})

test('texts that differ do not match', () => {
  fc.assert(
    fc.property(trickyText, trickyText, (one, other) => {
      const [before, after] = [one, other].map((text) => formatTimeline(runOf([ws(text), event(`s${text}`, [text])])))
      fc.pre(before![0] !== after![0])
      expect(matchTimeline(before!.join('\n'), after!).matches).toBe(false)
    }),
  )
})

function trapOf(message: string): NonNullable<ApprovableRun['trap']> {
  return { code: 'unreachable', message, frames: [] }
}
