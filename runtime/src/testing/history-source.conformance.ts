/**
 * The contract of `HistorySource` as tests: every source passes all of them, whether it answers immediately or with a
 * promise.
 *
 * The laws compare with a model that is too simple to be wrong: a map from series and timestamp to value.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Summary } from '../engine/aggregate/summary.ts'
import { createSeries, seriesKey, type Series } from '../engine/model/series.ts'
import { matchesTags } from '../engine/query/match-tags.ts'
import type { TagExpression, TimeSpan } from '../engine/query/query.ts'
import type { HistorySource, Selection } from '../engine/store/history-source.ts'

export interface GivenSample {
  readonly series: Series
  readonly timestamp: number
  readonly value: number
}

export const everything: TagExpression = { kind: 'everything' }
export const temp: Selection = { names: ['temp'], tags: everything }
const tempSeries = createSeries('temp', [])

/**
 * @param create - makes a source that holds the samples, appended in this order
 * @param options.runs - number of random scenarios
 */
export function describeHistorySourceConformance(
  name: string,
  create: (samples: readonly GivenSample[]) => HistorySource | Promise<HistorySource>,
  { runs = 300 }: { readonly runs?: number } = {},
): void {
  describe(`${name} keeps the contract of HistorySource`, () => {
    const withSource = async (
      given: readonly GivenSample[],
      use: (source: HistorySource) => Promise<void>,
    ): Promise<void> => {
      const source = await create(given)
      try {
        await use(source)
      } finally {
        await source.close()
      }
    }
    const ofTemp = (samples: readonly (readonly [timestamp: number, value: number])[]): GivenSample[] =>
      samples.map(([timestamp, value]) => ({ series: tempSeries, timestamp, value }))

    test('an empty selection has an empty summary and no samples', async () => {
      await withSource([{ series: createSeries('load', []), timestamp: 1, value: 1 }], async (source) => {
        expect((await source.summarise(temp, null)).count).toBe(0)
        expect(await samplesOf(source, temp, null)).toEqual([])
      })
    })

    test('the last write of a timestamp wins', async () => {
      const given = [1, 2, 3].map((value): [number, number] => [1000, value])
      await withSource(ofTemp([...given, [500, 7], [500, 8]]), async (source) => {
        expect(await samplesOf(source, temp, null)).toEqual([
          ['temp', 500, 8],
          ['temp', 1000, 3],
        ])
      })
    })

    test('both ends of a span are inclusive', async () => {
      const given = [-2, -1, 0, 1, 2].map((timestamp): [number, number] => [timestamp, timestamp])
      await withSource(ofTemp(given), async (source) => {
        const samples = await samplesOf(source, temp, { start: -1, end: 1 })
        expect(samples.map(([, timestamp]) => timestamp)).toEqual([-1, 0, 1])
        expect((await source.summarise(temp, { start: -1, end: 1 })).count).toBe(3)
      })
    })

    test('summarise and select agree with a plain model for any appends, spans and selections', async () => {
      await fc.assert(
        fc.asyncProperty(scenario, async ({ appends, selection, span }) => {
          await withSource(appends, async (source) => {
            const expected = expectedSamples(appends, selection, span)
            expect(await samplesOf(source, selection, span)).toEqual(expected)
            const [summary, actual] = [new Summary(), await source.summarise(selection, span)]
            for (const [, , value] of expected) summary.add(value)
            for (const operator of ['AVG', 'MIN', 'MAX', 'SUM', 'COUNT'] as const) {
              expect(actual.value(operator)).toBe(summary.value(operator))
            }
          })
        }),
        { numRuns: runs },
      )
    })

    test('law: an average from the summaries of many chunks lies between MIN and MAX, and is the value of a constant', async () => {
      for (const constant of [98.6, 0.1, 99.9, -100.1]) {
        const given = Array.from({ length: 5000 }, (_, index): [number, number] => [index, constant])
        await withSource(ofTemp(given), async (source) => {
          for (const end of [0, 2, 999, 2500, 4999]) {
            expect((await source.summarise(temp, { start: 0, end })).value('AVG')).toBe(constant)
          }
        })
      }
      const given = Array.from({ length: 5000 }, (_, index): [number, number] => [index, 98 + (index % 7) / 10])
      await withSource(ofTemp(given), async (source) => {
        for (let start = 0; start < given.length; start += 311) {
          const summary = await source.summarise(temp, { start, end: start * 2 })
          expect(summary.value('AVG')).toBeGreaterThanOrEqual(summary.value('MIN'))
          expect(summary.value('AVG')).toBeLessThanOrEqual(summary.value('MAX'))
        }
      })
    })

    test('a series that outgrows many chunks is the same whether it is written in order, backwards or shuffled', async () => {
      const timestamps = Array.from({ length: 5000 }, (_, index) => index * 10)
      const orders = [timestamps, [...timestamps].reverse(), shuffled(timestamps)]
      for (const order of orders) {
        const given = order.map((timestamp): [number, number] => [timestamp, Math.sin(timestamp)])
        await withSource(ofTemp(given), async (source) => {
          expect(await samplesOf(source, temp, null)).toEqual(
            timestamps.map((timestamp) => ['temp', timestamp, Math.sin(timestamp)]),
          )
          const span = { start: 1234, end: 45_678 }
          const summary = new Summary()
          for (const timestamp of timestamps) {
            if (timestamp >= span.start && timestamp <= span.end) summary.add(Math.sin(timestamp))
          }
          const actual = await source.summarise(temp, span)
          expect(actual.value('SUM')).toBe(summary.value('SUM'))
          expect(actual.count).toBe(summary.count)
        })
      }
    })
  })
}

type ReadSample = [series: string, timestamp: number, value: number]

async function samplesOf(source: HistorySource, selection: Selection, span: TimeSpan | null): Promise<ReadSample[]> {
  const result: ReadSample[] = []
  await source.select(selection, span, (id, timestamp, value) =>
    result.push([seriesKey(source.series(id)), timestamp, value]),
  )
  return result
}

/** Oldest first, equal timestamps in the order in which their series first appeared. */
function expectedSamples(
  appends: readonly GivenSample[],
  selection: Selection,
  span: TimeSpan | null,
): readonly ReadSample[] {
  const keys = [...new Set(appends.map(({ series: appended }) => seriesKey(appended)))]
  const model = new Map<string, ReadSample>()
  for (const { series: appended, timestamp: at, value } of appends) {
    const isSelected = isNamed(selection, appended.name) && matchesTags(selection.tags, appended.tags)
    const key = seriesKey(appended)
    if (isSelected && isWithin(span, at)) model.set(`${key}\n@${at}`, [key, at, value])
  }
  return [...model.values()].sort(
    ([left, leftAt], [right, rightAt]) => leftAt - rightAt || keys.indexOf(left) - keys.indexOf(right),
  )
}

export function isNamed({ names }: Selection, name: string): boolean {
  return names === null || names.includes(name)
}

export function isWithin(span: TimeSpan | null, timestamp: number): boolean {
  return span === null || (timestamp >= span.start && timestamp <= span.end)
}

/** The same order each time: multiplying by a number coprime to the length permutes the indexes. */
function shuffled<Item>(items: readonly Item[]): Item[] {
  return items.map((_, index) => items[(index * 2741) % items.length]!)
}

const tag = fc.constantFrom('a=1', 'a=2', 'b=1', 'muted')
const key = fc.constantFrom('a', 'b', 'muted')
const series = fc
  .record({ name: fc.constantFrom('temp', 'load'), tags: fc.uniqueArray(tag, { maxLength: 3 }) })
  .map(({ name, tags }) => createSeries(name, tags))
const timestamp = fc.integer({ min: -50, max: 50 })
const expression: fc.Arbitrary<TagExpression> = fc.letrec<{ node: TagExpression }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    fc.constant(everything),
    tag.map((text): TagExpression => ({ kind: 'tag', tag: text })),
    key.map((text): TagExpression => ({ kind: 'key', key: text })),
    tie('node').map((operand): TagExpression => ({ kind: 'not', operand })),
    fc.tuple(tie('node'), tie('node')).map(([left, right]): TagExpression => ({ kind: 'and', left, right })),
    fc.tuple(tie('node'), tie('node')).map(([left, right]): TagExpression => ({ kind: 'or', left, right })),
  ),
})).node
/** Samples to append, and what to ask about them. */
export const scenario = fc.record({
  appends: fc.array(fc.record({ series, timestamp, value: fc.double({ noNaN: true, noDefaultInfinity: true }) }), {
    maxLength: 60,
  }),
  selection: fc.record({
    names: fc.option(fc.uniqueArray(fc.constantFrom('temp', 'load'), { minLength: 1 }), { freq: 10 }),
    tags: expression,
  }),
  span: fc.option(
    fc.tuple(timestamp, timestamp).map(([one, other]) => ({ start: Math.min(one, other), end: Math.max(one, other) })),
  ),
  before: timestamp,
})
