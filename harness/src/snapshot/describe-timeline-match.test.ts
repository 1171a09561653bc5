import { createSeries } from '@slung/runtime'
import { expect, test } from 'vitest'
import type { CausedEntry } from '../run/replay-run.ts'
import { describeTimelineMatch, describeUnapproved } from './describe-timeline-match.ts'
import { matchTimeline } from './match-timeline.ts'

const newYear = Date.UTC(2026, 0, 1) * 1000

function entries(count: number): CausedEntry[] {
  return Array.from({ length: count }, (_, second) => {
    const at = newYear + second * 1_000_000
    const cause = {
      file: 'hot.csv',
      line: second + 2,
      timestamp: at,
      arrives: at,
      series: createSeries('temp', []),
      value: 7,
    }
    return { kind: 'ws', at, producer: 1, text: '', cause }
  })
}

const line = (second: number, body: string): string =>
  `2026-01-01T00:00:${String(second).padStart(2, '0')}Z  WS a ${body}`

function describe(approved: readonly string[], came: readonly string[]): string {
  return describeTimelineMatch(matchTimeline(approved.join('\n'), came), entries(came.length - 1))
}

test('what differs is shown between what does not, with the rows that caused it', () => {
  const same = Array.from({ length: 9 }, (_, second) => line(second, '"same"'))
  const approved = [...same, line(20, '{"level":"high","value":<41 ±1>,"gone":1}'), line(21, '"gone"'), 'drained']
  const came = [...same, line(20, '{"level":"low","value":50,"new":[2]}'), 'returned 0']

  expect(describe(approved, came)).toMatchInlineSnapshot(`
    "1 line differs, 2 lines are missing, 1 line is new

      - approved  + came
        … 7 more lines
        2026-01-01T00:00:07Z  WS a "same"
        2026-01-01T00:00:08Z  WS a "same"
      - 2026-01-01T00:00:20Z  WS a {"level":"high","value":<41 ±1>,"gone":1}
      + 2026-01-01T00:00:20Z  WS a {"level":"low","value":50,"new":[2]}
          json.level: approved "high", got "low"
          json.value: approved <41 ±1>, got 50
          json.new: approved nothing, got [2]
          json.gone: approved 1, got nothing
          cause  hot.csv:11  2026-01-01T00:00:09Z  temp = 7
      - 2026-01-01T00:00:21Z  WS a "gone"
      - drained
      + returned 0

    if this is what the workflow should do, approve it with -u; placeholders that match stay as they are"
  `)
})

test('the differences of a long line are listed below it', () => {
  const body = (index: number): string => JSON.stringify({ padding: 'x'.repeat(500), items: [{ 'a key': index }] })
  const text = describe([line(1, body(1)), 'drained'], [line(1, body(2)), 'drained'])

  expect(text).toContain('json.items[0]["a key"]: approved 1, got 2')
  expect(text.split('\n').every((row) => row.length < 400)).toBe(true)
})

test('a long text is cut before what differs', () => {
  const text = describe(
    [line(1, `"${'x'.repeat(900)} one"`), 'drained'],
    [line(1, `"${'x'.repeat(900)} other"`), 'drained'],
  )

  expect(text).toMatch(
    / {2}- 2026-01-01T00:00:01Z {2}WS a "x+ … x+ one"\n {2}\+ 2026-01-01T00:00:01Z {2}WS a "x+ … x+ other"\n/,
  )
  expect(text.split('\n').every((row) => row.length < 400)).toBe(true)
})

test('when very much differs, the beginning is shown', () => {
  const approved = Array.from({ length: 60 }, (_, second) => line(second, '"one"'))
  const came = Array.from({ length: 60 }, (_, second) => line(second, '"other"'))
  const text = describe([...approved, 'drained'], [...came, 'drained'])

  expect(text).toMatch(/^60 lines differ\n/)
  expect(text).toContain('    … 39 more lines, of which 38 differ')
})

test('what came without an approved timeline is shown from its beginning', () => {
  const came = Array.from({ length: 12 }, (_, second) => line(second, '"one"'))

  expect(describeUnapproved([...came, 'drained'])).toContain(`  + ${line(9, '"one"')}\n    … 3 more lines`)
})
