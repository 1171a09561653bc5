/** How time passes in a replay: where it starts and ends, in steps, and while the workflow waits for an answer. */
import { http, HttpResponse } from 'msw'
import { expect, test } from 'vitest'
import { after, replay, type InputRow, type ReplayOptions, type ReplayRun } from '../src/index.ts'
import '../src/matchers/index.ts'
import { guestUrl } from './build-guests.ts'

const second = 1_000_000

/** Rows of `temp` at these seconds, with the values 1, 2, 4, … so that a sum shows which of them it holds. */
function temperatures(...seconds: readonly number[]): InputRow[] {
  return seconds.map((at, index) => ({ timestamp: at * second, series: 'temp', value: 2 ** index, producer: 'edge-a' }))
}

async function run(
  guest: string,
  rows: readonly InputRow[],
  options: Omit<ReplayOptions, 'input'>,
): Promise<ReplayRun> {
  return await replay(guestUrl(guest), { input: { rows }, ...options })
}

const texts = ({ logs }: ReplayRun): string[] => logs.map(({ text }) => text)

test('with a tick, a workflow sees time pass between rows and past the last one', async () => {
  const result = await run('watch-silence', temperatures(0, 120), { tick: '1m', until: '+10m', http: 'ok' })

  expect(result).toHaveWrittenBackExactly([
    { http: 'POST https://hooks.example.com/silent', json: { since: 120 * second }, at: 420 * second },
  ])
  expect(texts(result)).toEqual(
    [60, 180, 240, 300, 360, 420, 480, 540, 600, 660, 720].map((at) => `nothing at ${at * second}`),
  )
  expect(result).toMatchObject({ outcome: 'drained', at: 720 * second, rows: 2 })
})

test('a run of more ticks than its limit is refused before it starts', async () => {
  const years = { tick: '1ms', until: '2060-01-01T00:00:00Z' }
  await expect(run('watch-silence', temperatures(1_767_225_600), years)).rejects.toThrow(
    'cannot replay with a tick of 1ms from 2026-01-01T00:00:00Z until 2060-01-01T00:00:00Z: these are ' +
      '1,072,915,200,000 ticks, expected at most 10,000,000; take a longer tick or an earlier end, ' +
      'or raise "ticks_max" of the spec, ticksMax of replay() or --ticks-max',
  )
  const minutes = { tick: '1m', until: '+10m', http: 'ok' } as const
  await expect(run('watch-silence', temperatures(0), { ...minutes, ticksMax: 8 })).rejects.toThrow('these are 10 ticks')
  expect(await run('watch-silence', temperatures(0), { ...minutes, ticksMax: 9 })).toMatchObject({ outcome: 'drained' })
  // Where rows are as dense as ticks, the poll finds them instead.
  const dense = { tick: '1s', ticksMax: 1, http: 'ok' } as const
  expect(await run('watch-silence', temperatures(0, 1, 2, 3, 4, 5), dense)).toMatchObject({ outcome: 'drained' })
  await expect(run('watch-silence', [], { ...minutes, ticksMax: 0 })).rejects.toThrow('"ticksMax" is 0')
})

test('a row that arrives before the next tick comes first', async () => {
  const result = await run('watch-silence', temperatures(0, 90), { tick: '1m', http: 'ok' })
  expect(texts(result)).toEqual([`nothing at ${60 * second}`])
})

test('without a tick, time jumps to the end of the run in one step', async () => {
  const result = await run('watch-silence', temperatures(0), { until: '+10m', http: 'ok' })
  expect(texts(result)).toEqual([`nothing at ${600 * second}`])
})

test('rows that arrive after the end of the run are not replayed', async () => {
  const result = await run('watch-silence', temperatures(0, 60, 3600), { until: 100 * second, http: 'ok' })
  expect(result).toMatchObject({ rows: 2, rowsTotal: 3, at: 100 * second, outcome: 'drained' })
})

test('rows that arrive before the start are in the store and deliver nothing', async () => {
  const rows = temperatures(0, 10, 20, 30)
  const result = await run('tell-events', rows, { start: 15 * second })
  expect(texts(result)).toEqual([
    `${20 * second} temp ${20 * second} 4 [] [1]`,
    `${30 * second} temp ${30 * second} 12 [] [1]`,
  ])
  expect(result.modes).toEqual({ start: 15 * second, tick: null, until: null, delivery: 'queue', seed: 1 })

  const rolling = await run(
    'tell-events',
    rows.map((row) => ({ ...row, series: 'load' })),
    { start: 15 * second },
  )
  // MAX over 10 s, seeded with what the store held.
  expect(texts(rolling)[0]).toBe(`${20 * second} load ${20 * second} 4 [] [1]`)
})

test('while the workflow waits for an answer, samples arrive and their Events queue up in order', async () => {
  const rows: InputRow[] = [
    ...temperatures(0, 10, 20),
    { timestamp: 15 * second, series: 'load', value: 1 },
    { timestamp: 25 * second, series: 'load', value: 2 },
  ]
  let answered = 0
  const result = await run('post-each', rows, {
    http: [
      http.post('https://hooks.example.com/each', () =>
        answered++ === 0 ? after('1m', HttpResponse.text('late')) : HttpResponse.text('at once'),
      ),
    ],
  })

  // As in staging: a poll that finds its queue empty reveals one more sample, in order of arrival.
  expect(texts(result)).toEqual([
    `temp 1 asked 0 answered ${60 * second} 200`,
    `temp 3 asked ${60 * second} answered ${60 * second} 200`,
    `load 1 asked ${60 * second} answered ${60 * second} 200`,
    `temp 7 asked ${60 * second} answered ${60 * second} 200`,
    `load 3 asked ${60 * second} answered ${60 * second} 200`,
  ])
  expect(result).toMatchObject({ delivered: 5, coalesced: 0, outcome: 'drained', at: 60 * second })
})

test('with delivery latest, a slow answer costs the Events in between, and the run says so', async () => {
  const result = await run('post-each', temperatures(0, 10, 20, 30), {
    delivery: 'latest',
    http: [http.post('https://hooks.example.com/each', () => after('25s', HttpResponse.text('')))],
  })

  expect(texts(result)).toEqual([
    `temp 1 asked 0 answered ${25 * second} 200`,
    `temp 7 asked ${25 * second} answered ${50 * second} 200`,
    `temp 15 asked ${50 * second} answered ${75 * second} 200`,
  ])
  expect(result.coalesced).toBe(1)
})

test('with delivery latest, no handle starves the other', async () => {
  const seconds = Array.from({ length: 60 }, (_, index) => index)
  const rows: InputRow[] = seconds.flatMap((at) => [
    { timestamp: at * second, series: 'temp', value: 1 },
    { timestamp: at * second, series: 'load', value: 1 },
  ])
  const result = await run('post-each', rows, {
    delivery: 'latest',
    http: [http.post('https://hooks.example.com/each', () => after('5s', HttpResponse.text('')))],
  })
  const names = texts(result).map((text) => text.split(' ')[0])
  expect(names.filter((name) => name === 'load').length).toBeGreaterThan(4)
})

test('the run ends at "until" even while the workflow waits for an answer', async () => {
  const result = await run('post-each', temperatures(0, 10, 90), {
    until: 60 * second,
    http: [http.post('https://hooks.example.com/each', () => after('1h', HttpResponse.text('')))],
  })
  expect(result).toMatchObject({ outcome: 'drained', at: 60 * second, rows: 1 })
  expect(texts(result)).toEqual([])
})

test('a run without rows starts where series in a spec do', async () => {
  const result = await replay(guestUrl('watch-silence'), {
    input: { temp: { every: '1m', values: '_x20' } },
    tick: '1m',
    until: '+20m',
    http: 'ok',
  })
  expect(result).toHaveWrittenBackExactly([
    { http: 'POST https://hooks.example.com/silent', at: '2026-01-01T00:05:00Z' },
  ])
})

test('an end before the first row is refused, wherever the start comes from', async () => {
  await expect(run('post-each', temperatures(10), { until: 5 * second })).rejects.toThrow(
    'cannot replay until 1970-01-01T00:00:05Z: the first row arrives at 1970-01-01T00:00:10Z',
  )
})

test.each([
  [{ tick: '0s' }, 'the option "tick" is "0s", expected a duration such as 10s'],
  [{ until: '+soon' }, 'the option "until" is "+soon", expected a time such as 2026-01-01T00:00:00Z, or +10m'],
  [{ start: 9 * second, until: 5 * second }, 'the option "until" is before "start", expected a later time'],
  [{ seed: 1.5 }, 'the option "seed" is 1.5, expected a whole number'],
  [{ tick: 1_000_000 as unknown as string }, 'the option "tick" is 1000000, expected a duration such as 10s'],
  [{ start: 'noon' }, 'the option "start" is "noon", expected a time such as 2026-01-01T00:00:00Z'],
])('%j is refused', async (options, message) => {
  await expect(run('post-each', temperatures(0), options)).rejects.toThrow(message)
})

test('an invalid duration is refused where it stands', () => {
  expect(() => after('soon', HttpResponse.text(''))).toThrow('cannot answer after "soon"')
})

test.each([
  [{ timestamp: 0.5, series: 'temp', value: 1 }, 'row 1 of the input: the time 0.5 is not a whole number'],
  [{ timestamp: 1, series: 'temp', value: Number.NaN }, 'row 1 of the input: the value NaN is not a finite number'],
  [{ timestamp: 1, series: '', value: 1 }, 'series'],
  [{ timestamp: 1, series: 'temp', value: 1, producer: '0' }, 'producer'],
])('the row %j is refused', async (row, message) => {
  await expect(run('post-each', [row], {})).rejects.toThrow(message)
})

test('a run that gave the workflow no Event says why', async () => {
  const why = async (rows: readonly InputRow[], options: Omit<ReplayOptions, 'input'>, guest = 'tell-events') =>
    (await run(guest, rows, options)).notes
  const rows = temperatures(0, 10)

  expect(await why(rows, { start: 15 * second }, 'downsample')).toEqual([
    'the workflow got no Event: all 2 rows arrive before it starts, at 1970-01-01T00:00:15Z, the last one at 1970-01-01T00:00:10Z',
  ])
  expect(await why([], {})).toEqual(['the workflow got no Event: the input has no rows'])
  expect(await why(temperatures(60), { start: 10 * second, until: 20 * second })).toContain(
    'the workflow got no Event: the run ends at 1970-01-01T00:00:20Z, and the first row arrives at 1970-01-01T00:01:00Z',
  )
  expect(await why(rows, { http: 'ok' }, 'post-only')).toEqual([])
  expect(await why(rows, { start: 5 * second }, 'downsample')).toEqual([])
})

test('a start or an end in another unit is refused before anything runs', async () => {
  const rows = temperatures(1_767_225_600)
  await expect(run('tell-events', rows, { start: 1_767_225_000, tick: '1s' })).rejects.toThrow(
    'cannot replay: "start" is 1970-01-01T00:29:27.225Z, 56 years before the first row arrives, at 2026-01-01T00:00:00Z; ' +
      'a time without a unit is in microseconds: if it counts seconds, write 2025-12-31T23:50:00Z',
  )
  await expect(run('tell-events', rows, { until: 1_767_225_900_000 })).rejects.toThrow(
    'if it counts milliseconds, write',
  )
})
