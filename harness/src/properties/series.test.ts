import fc, { type Arbitrary } from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { InputRow, RowsInput } from '../run/input-row.ts'
import { series } from './index.ts'

const newYear = Date.UTC(2026, 0, 1) * 1000
const second = 1_000_000

test('a key names series, tags and producer, and rows come at fixed times', () => {
  const walk = series.walk('temp{sensor=1, producer=edge-a}', { every: '10s', for: '1min', min: -20, max: 80 })
  const rows = sample(walk)
  expect(rows.map(({ timestamp }) => (timestamp - newYear) / second)).toEqual([0, 10, 20, 30, 40, 50])
  expect(rows).toEqual(
    rows.map(({ timestamp, value }) => ({ timestamp, value, series: 'temp', tags: ['sensor=1'], producer: 'edge-a' })),
  )
  const counted = sample(
    series.values('load', { every: '1h', count: 2, start: '2026-02-01T00:00:00Z', min: 0, max: 1 }),
  )
  const february = newYear + 31 * 86_400 * second
  expect(counted).toMatchObject([{ timestamp: february }, { timestamp: february + 3600 * second }])
  expect(Object.keys(counted[0]!)).toEqual(['timestamp', 'series', 'value'])
})

describe('values', () => {
  test('law: a walk stays within its bounds and its steps within their limit', () => {
    const options = { every: '1s', count: 200, min: -20, max: 80, step: 2 }
    fc.assert(
      fc.property(series.walk('temp', options), ({ rows }) => {
        for (const [index, { value }] of rows.entries()) {
          expect(value).toBeGreaterThanOrEqual(-20)
          expect(value).toBeLessThanOrEqual(80)
          expect(Math.abs(value - (rows[index - 1] ?? rows[0]!).value)).toBeLessThanOrEqual(2 + 1e-9)
        }
      }),
    )
  })

  test('a walk moves however small its step is', () => {
    const rows = sample(series.walk('temp', { every: '1s', count: 100, min: 0, max: 1e6, step: 0.001 }))
    expect(new Set(valuesOf(rows)).size).toBeGreaterThan(50)
  })

  test('independent values reach everything between the bounds, and the bounds themselves', () => {
    const values = valuesOf(sample(series.values('temp', { every: '1s', count: 2000, min: 0.05, max: 9.95 })))
    expect(values).toContain(0.05)
    expect(values).toContain(9.95)
    for (let from = 1; from < 9; from++) expect(values.some((value) => value > from && value < from + 1)).toBe(true)
    expect(values.every((value) => value >= 0.05 && value <= 9.95)).toBe(true)
  })

  test('spikes are as rare as requested', () => {
    for (const of of [0.05, '5%'] as const) {
      const values = valuesOf(sample(series.spikes('load', { every: '1s', count: 4000, base: 1, spike: 100, of })))
      const spikeCount = values.filter((value) => value === 100).length
      expect(new Set(values)).toEqual(new Set([1, 100]))
      expect(spikeCount).toBeGreaterThan(100)
      expect(spikeCount).toBeLessThan(300)
    }
  })

  test('a season swings around its mean once in a period', () => {
    const options = { every: '1h', for: '10d', period: '1d', mean: 20, amplitude: 10, noise: 1 }
    const values = valuesOf(sample(series.seasonal('temp', options)))
    expect(values).toHaveLength(240)
    expect(Math.min(...values)).toBeLessThan(12)
    expect(Math.max(...values)).toBeGreaterThan(28)
    for (const [index, value] of values.entries()) {
      expect(Math.abs(value - 20)).toBeLessThanOrEqual(11)
      // A day later the wave is at the same place: only the noise differs.
      expect(Math.abs(value - (values[index + 24] ?? value))).toBeLessThanOrEqual(2.1)
    }
  })
})

describe('combinations', () => {
  test('gaps remove stretches and leave the other rows as they are', () => {
    const inner = series.spikes('load', { every: '1s', count: 1000, base: 1, spike: 2, of: 0.5 })
    const rows = sample(series.gaps(inner, { of: '20%', length: '20s' }))
    const times = rows.map(({ timestamp }) => (timestamp - newYear) / second)
    const gaps = times.slice(1).flatMap((time, index) => (time - times[index]! > 1 ? [time - times[index]! - 1] : []))
    expect(rows.length).toBeGreaterThan(700)
    expect(rows.length).toBeLessThan(900)
    expect(gaps.length).toBeGreaterThan(0)
    // Where gaps overlap they are longer; the first row may be in one, too.
    expect(gaps.every((length) => length >= 20)).toBe(true)
  })

  test('a gap longer than the input leaves one row', () => {
    const inner = series.values('load', { every: '1s', count: 5, min: 0, max: 1 })
    for (let seed = 0; seed < 20; seed++) {
      expect(sample(series.gaps(inner, { of: 1, length: '1h' }), seed).length).toBeGreaterThanOrEqual(1)
    }
  })

  test('merged series are in order of time, ties in the order of the arguments', () => {
    const rows = sample(
      series.merge(
        series.values('a', { every: '2s', count: 3, min: 0, max: 1 }),
        series.values('b', { every: '1s', count: 4, min: 0, max: 1 }),
      ),
    )
    expect(rows.map(({ series: name, timestamp }) => `${name}${(timestamp - newYear) / second}`)).toEqual(
      ['a0', 'b0', 'b1', 'a2', 'b2', 'b3', 'a4'], // prettier-ignore
    )
  })

  test('your own Arbitrary is merged by arrival', () => {
    const late = fc.constant({ rows: [{ timestamp: newYear, arrives: newYear + second, series: 'own', value: 7 }] })
    const rows = sample(series.merge(late, series.values('a', { every: '2s', count: 2, min: 0, max: 1 })))
    expect(rows.map(({ series: name }) => name)).toEqual(['a', 'own', 'a'])
  })
})

describe('shrinking', () => {
  const walk = series.walk('temp', { every: '10s', count: 2000, min: -20, max: 80, step: 2 })
  const isHot = ({ value }: InputRow): boolean => value > 50

  test('a walk of two thousand rows shrinks to one row at the limit', () => {
    const rows = shrink(walk, ({ rows: found }) => found.some(isHot))
    expect(rows).toMatchObject([{ value: 51 }])
    expect((rows[0]!.timestamp - newYear) % (10 * second)).toBe(0)
  })

  test('two rows that belong together keep their times', () => {
    const hotThenCold = (found: readonly InputRow[]): boolean => {
      const hot = found.findIndex(isHot)
      return hot >= 0 && found.slice(hot).some(({ value }) => value < 10)
    }
    const rows = shrink(walk, ({ rows: found }) => hotThenCold(found))
    expect(valuesOf(rows)).toEqual([51, -20])
    expect(rows[1]!.timestamp).toBeGreaterThan(rows[0]!.timestamp)
  })

  test('spikes shrink towards their base', () => {
    const spikes = series.spikes('load', { every: '1s', count: 2000, base: 3, spike: 100, of: '2%' })
    expect(valuesOf(shrink(spikes, ({ rows }) => rows.filter(({ value }) => value >= 20).length >= 2))).toEqual([
      20, 20,
    ])
  })

  test('a season shrinks towards its mean', () => {
    const season = series.seasonal('t', { every: '1h', count: 500, period: '1d', mean: 20, amplitude: 10, noise: 1 })
    expect(valuesOf(shrink(season, ({ rows }) => rows.length > 1 && rows.some(({ value }) => value < 12.5)))).toEqual(
      expect.arrayContaining([12, 20]),
    )
  })

  test('irrelevant series of a merge disappear, and gaps shrink like their inner series', () => {
    const merged = series.gaps(
      series.merge(walk, series.values('load', { every: '7s', count: 2000, min: 0, max: 1 }), walk),
      { of: '10%', length: '5min' },
    )
    const isFailing = ({ rows }: RowsInput): boolean =>
      rows.some((row) => row.series === 'temp' && isHot(row)) && rows.some((row) => row.series === 'load')
    const rows = shrink(merged, isFailing)
    expect(rows.map(({ series: name, value }) => `${name} ${value}`).sort()).toEqual(['load 0', 'temp 51'])
  })

  test('your own rows keep their values', () => {
    const own = fc.constant({ rows: [1.25, 60.5, 70.5].map((value) => ({ timestamp: newYear, series: 'own', value })) })
    expect(valuesOf(shrink(series.merge(own), ({ rows }) => rows.some(isHot)))).toEqual([60.5])
  })
})

test('options that make no series are refused with what was found', () => {
  const good = { every: '10s', for: '1h', min: 0, max: 1 }
  const refused: [problem: string, make: () => unknown][] = [
    ['every is "10", expected a duration such as 10s', () => series.walk('temp', { ...good, every: '10' })],
    ['for is "0s", expected a duration such as 10s', () => series.walk('temp', { ...good, for: '0s' })],
    [
      'count is 0, expected a whole number from 1',
      () => series.walk('temp', { every: '1s', count: 0, min: 0, max: 1 }),
    ],
    [
      'there is neither "for" nor "count", expected one of them',
      () => series.walk('temp', { every: '1s', min: 0, max: 1 } as never),
    ],
    [
      'there are both "for" and "count", expected one of them',
      () => series.walk('temp', { ...good, count: 3 } as never),
    ],
    [
      '3600000 rows are too many for a test, expected at most 1000000',
      () => series.values('temp', { ...good, every: '1ms' }),
    ],
    [
      'start is "noon", expected a time such as 2026-01-01T00:00:00Z',
      () => series.walk('temp', { ...good, start: 'noon' }),
    ],
    ['min is 1 and max is 1, expected min below max', () => series.walk('temp', { ...good, min: 1 })],
    ['max is undefined, expected a number', () => series.values('temp', { ...good, max: undefined } as never)],
    ['step is 0, expected a number above 0', () => series.walk('temp', { ...good, step: 0 })],
    ['unknown option "mni"; did you mean "min"?', () => series.walk('temp', { ...good, mni: 1 } as never)],
    [
      'of is "5", expected a share such as 0.05 or "5%", above 0 and up to 1',
      () => series.spikes('temp', { every: '1s', count: 1, base: 0, spike: 1, of: '5' as never }),
    ],
    [
      'amplitude is 0 and noise is 0, expected numbers from 0 that are not both 0',
      () => series.seasonal('temp', { every: '1s', count: 1, period: '1d', mean: 0, amplitude: 0, noise: 0 }),
    ],
  ]
  for (const [problem, make] of refused) expect(make).toThrow(`cannot generate "temp": ${problem}`)
  expect(() => series.merge()).toThrow('cannot merge series: none given, expected at least one')
  expect(() => series.walk('temp{', good)).toThrow('temp{')
})

function sample(arbitrary: Arbitrary<RowsInput>, seed = 1): readonly InputRow[] {
  return fc.sample(arbitrary, { numRuns: 1, seed })[0]!.rows
}

function valuesOf(rows: readonly InputRow[]): number[] {
  return rows.map(({ value }) => value)
}

/** The smallest input found on which the predicate is true. */
function shrink(arbitrary: Arbitrary<RowsInput>, isFailing: (input: RowsInput) => boolean): readonly InputRow[] {
  const { counterexample } = fc.check(
    fc.property(arbitrary, (input) => !isFailing(input)),
    { seed: 1 },
  )
  return counterexample?.[0].rows ?? []
}
