/**
 * The contract of `SampleStore` as tests: every implementation passes all of them.
 *
 * The laws compare with a model that is too simple to be wrong: a map from series and timestamp to value.
 */
import { appendSample } from '../../test/append-sample.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSeries, seriesKey } from '../engine/model/series.ts'
import { matchesTags } from '../engine/query/match-tags.ts'
import { Summary } from '../engine/aggregate/summary.ts'
import type { TagExpression, TimeSpan } from '../engine/query/query.ts'
import type { SampleStore, Selection } from '../engine/store/sample-store.ts'

const everything: TagExpression = { kind: 'everything' }
const temp: Selection = { names: ['temp'], tags: everything }

/**
 * @param options.runs - how many random scenarios are tried
 * @param options.keepsWholeChunks - samples that share a chunk with newer ones outlive `retain`: cutting the chunk would write it again
 */
export function describeSampleStoreConformance(
  name: string,
  create: () => SampleStore | Promise<SampleStore>,
  { runs = 300, keepsWholeChunks = false }: { readonly runs?: number; readonly keepsWholeChunks?: boolean } = {},
): void {
  describe(`${name} keeps the contract of SampleStore`, () => {
    const withStore = async (use: (store: SampleStore) => void): Promise<void> => {
      const store = await create()
      try {
        use(store)
      } finally {
        await store.close()
      }
    }

    test('series with the same name and tag set share an id, whatever the order of tags', async () => {
      await withStore((store) => {
        const id = store.intern(createSeries('temp', ['b=2', 'a=1']))

        expect(store.intern(createSeries('temp', ['a=1', 'b=2', 'a=1']))).toBe(id)
        expect(store.intern(createSeries('temp', ['a=1']))).not.toBe(id)
        expect(store.series(id)).toEqual({ name: 'temp', tags: ['a=1', 'b=2'] })
        expect(store.counts()).toMatchObject({ series: 2 })
      })
    })

    test('an empty selection has an empty summary and no newest sample', async () => {
      await withStore((store) => {
        store.intern(createSeries('temp', []))

        expect(store.aggregate(temp, null).count).toBe(0)
        expect(store.newest(temp)).toBeUndefined()
        expect(store.match({ names: ['nothing'], tags: everything })).toEqual([])
      })
    })

    test('the last write of a timestamp wins', async () => {
      await withStore((store) => {
        const id = store.intern(createSeries('temp', []))
        for (const value of [1, 2, 3]) appendSample(store, id, 1000, value)
        appendSample(store, id, 500, 7)
        appendSample(store, id, 500, 8)

        expect(samples(store, temp, null)).toEqual([
          [id, 500, 8],
          [id, 1000, 3],
        ])
      })
    })

    test('both ends of a span are inclusive', async () => {
      await withStore((store) => {
        const id = store.intern(createSeries('temp', []))
        for (const timestamp of [-2, -1, 0, 1, 2]) appendSample(store, id, timestamp, timestamp)

        expect(samples(store, temp, { start: -1, end: 1 }).map(([, timestamp]) => timestamp)).toEqual([-1, 0, 1])
        expect(store.aggregate(temp, { start: -1, end: 1 }).count).toBe(3)
      })
    })

    test('retain removes what is older and keeps the bound', async () => {
      await withStore((store) => {
        const id = store.intern(createSeries('temp', []))
        for (let timestamp = 0; timestamp < 5000; timestamp++) appendSample(store, id, timestamp, 1)

        const removed = store.retain({ before: 4999, bytesMax: null })
        const left = samples(store, temp, null)
        expect(removed).toBe(5000 - left.length)
        if (!keepsWholeChunks) expect(removed).toBe(4999)
        expect(left.at(-1)).toEqual([id, 4999, 1])
        expect(store.counts()).toMatchObject({ series: 1 })

        expect(store.retain({ before: 5000, bytesMax: null })).toBe(left.length)
        expect(samples(store, temp, null)).toEqual([])
        expect(store.retain({ before: null, bytesMax: null })).toBe(0)
        expect(store.counts()).toMatchObject({ series: 1 })
      })
    })

    test('aggregate and select agree with a plain model for any appends, spans and selections', async () => {
      await fc.assert(
        fc.asyncProperty(scenario, async ({ appends, selection, span, before }) => {
          await withStore((store) => {
            const model = new Map<
              string,
              { id: number; tags: readonly string[]; name: string; at: number; value: number }
            >()
            for (const { series, timestamp, value } of appends) {
              const id = store.intern(series)
              appendSample(store, id, timestamp, value)
              model.set(`${seriesKey(series)}\n@${timestamp}`, { id, ...series, at: timestamp, value })
            }
            const expected = () =>
              [...model.values()]
                .filter(
                  ({ name: seriesName, tags }) =>
                    selection.names.some((selected) => selected === seriesName) && matchesTags(selection.tags, tags),
                )
                .filter(({ at }) => span === null || (at >= span.start && at <= span.end))
                .sort((left, right) => left.at - right.at || left.id - right.id)
            const check = () => {
              expect(samples(store, selection, span)).toEqual(expected().map(({ id, at, value }) => [id, at, value]))
              const summary = new Summary()
              for (const { value } of expected()) summary.add(value)
              const actual = store.aggregate(selection, span)
              for (const operator of ['AVG', 'MIN', 'MAX', 'SUM', 'COUNT'] as const) {
                expect(actual.value(operator)).toBe(summary.value(operator))
              }
            }
            check()
            if (span === null) expect(store.newest(selection)).toBe(expected().at(-1)?.at)
            const removed = store.retain({ before, bytesMax: null })
            const left = new Set<string>()
            const names = [...new Set(appends.map(({ series }) => series.name))]
            store.select({ names, tags: everything }, null, (id, at) =>
              left.add(`${seriesKey(store.series(id))}\n@${at}`),
            )
            const gone = [...model].filter(([key]) => !left.has(key))
            expect(gone.filter(([, { at }]) => at >= before)).toEqual([])
            if (!keepsWholeChunks) expect(gone).toHaveLength([...model.values()].filter(({ at }) => at < before).length)
            expect(removed).toBe(gone.length)
            for (const [key] of gone) model.delete(key)
            check()
          })
        }),
        { numRuns: runs },
      )
    })

    test('a series that outgrows many chunks is the same whether it is written in order, backwards or shuffled', async () => {
      const timestamps = Array.from({ length: 5000 }, (_, index) => index * 10)
      const orders = [timestamps, [...timestamps].reverse(), shuffled(timestamps)]
      for (const order of orders) {
        await withStore((store) => {
          const id = store.intern(createSeries('temp', []))
          for (const timestamp of order) appendSample(store, id, timestamp, Math.sin(timestamp))

          expect(samples(store, temp, null)).toEqual(
            timestamps.map((timestamp) => [id, timestamp, Math.sin(timestamp)]),
          )
          const span = { start: 1234, end: 45_678 }
          const summary = new Summary()
          for (const timestamp of timestamps) {
            if (timestamp >= span.start && timestamp <= span.end) summary.add(Math.sin(timestamp))
          }
          expect(store.aggregate(temp, span).value('SUM')).toBe(summary.value('SUM'))
          expect(store.aggregate(temp, span).count).toBe(summary.count)
        })
      }
    })
  })
}

function samples(store: SampleStore, selection: Selection, span: TimeSpan | null): [number, number, number][] {
  const result: [number, number, number][] = []
  store.select(selection, span, (series, timestamp, value) => result.push([series, timestamp, value]))
  return result
}

/** The same order each time: multiplication by a number coprime to the length permutes the indexes. */
function shuffled<Item>(items: readonly Item[]): Item[] {
  return items.map((_, index) => items[(index * 2741) % items.length]!)
}

const tag = fc.constantFrom('a=1', 'a=2', 'b=1', 'muted')
const series = fc
  .record({ name: fc.constantFrom('temp', 'load'), tags: fc.uniqueArray(tag, { maxLength: 3 }) })
  .map(({ name, tags }) => createSeries(name, tags))
const timestamp = fc.integer({ min: -50, max: 50 })
const expression: fc.Arbitrary<TagExpression> = fc.letrec<{ node: TagExpression }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    fc.constant(everything),
    tag.map((text): TagExpression => ({ kind: 'tag', tag: text })),
    tie('node').map((operand): TagExpression => ({ kind: 'not', operand })),
    fc.tuple(tie('node'), tie('node')).map(([left, right]): TagExpression => ({ kind: 'and', left, right })),
    fc.tuple(tie('node'), tie('node')).map(([left, right]): TagExpression => ({ kind: 'or', left, right })),
  ),
})).node
const scenario = fc.record({
  appends: fc.array(fc.record({ series, timestamp, value: fc.double({ noNaN: true, noDefaultInfinity: true }) }), {
    maxLength: 60,
  }),
  selection: fc.record({
    names: fc.uniqueArray(fc.constantFrom('temp', 'load'), { minLength: 1 }),
    tags: expression,
  }),
  span: fc.option(
    fc.tuple(timestamp, timestamp).map(([one, other]) => ({ start: Math.min(one, other), end: Math.max(one, other) })),
  ),
  before: timestamp,
})
