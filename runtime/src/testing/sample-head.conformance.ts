/**
 * The contract of `SampleHead` as tests: every implementation passes all of them, and those of `HistorySource` too.
 *
 * The laws compare with a model that is too simple to be wrong: a map from series and timestamp to value.
 */
import { appendSample } from '../../test/append-sample.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSeries, seriesKey } from '../engine/model/series.ts'
import { finish } from '../engine/model/steps.ts'
import { matchesTags } from '../engine/query/match-tags.ts'
import { mergeRuns } from '../engine/aggregate/sample-runs.ts'
import { Summary } from '../engine/aggregate/summary.ts'
import type { TimeSpan } from '../engine/query/query.ts'
import type { Selection } from '../engine/store/history-source.ts'
import type { SampleHead } from '../engine/store/sample-head.ts'
import { allTime, StepwiseReading } from '../engine/store/stepwise-reading.ts'
import {
  describeHistorySourceConformance,
  everything,
  isNamed,
  isWithin,
  scenario,
  temp,
  type GivenSample,
} from './history-source.conformance.ts'

/**
 * @param options.runs - number of random scenarios
 * @param options.keepsWholeChunks - samples that share a chunk with newer ones outlive `retain`: cutting it means a
 *   rewrite
 */
export function describeSampleHeadConformance(
  name: string,
  create: () => SampleHead | Promise<SampleHead>,
  { runs = 300, keepsWholeChunks = false }: { readonly runs?: number; readonly keepsWholeChunks?: boolean } = {},
): void {
  const createWith = async (given: readonly GivenSample[]): Promise<SampleHead> => {
    const store = await create()
    for (const { series, timestamp, value } of given) appendSample(store, store.intern(series), timestamp, value)
    return store
  }
  describeHistorySourceConformance(name, createWith, { runs })

  describe(`${name} keeps the contract of SampleHead`, () => {
    const withStore = async (use: (store: SampleHead) => void): Promise<void> => {
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

    test('a selection without samples has an empty summary and no newest sample', async () => {
      await withStore((store) => {
        store.intern(createSeries('temp', []))

        expect(store.summarise(temp, null).count).toBe(0)
        expect(store.newest(temp)).toBeUndefined()
        expect(store.match({ names: ['nothing'], tags: everything })).toEqual([])
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

    test('a series without samples goes unless it is in use, and comes back as another one', async () => {
      await withStore((store) => {
        const [cold, warm, used] = ['cold', 'warm', 'used'].map((tag) => createSeries('temp', ['a', tag]))
        const [coldId, warmId, usedId] = [cold!, warm!, used!].map((series) => store.intern(series))
        for (const id of [coldId!, warmId!, usedId!]) appendSample(store, id, id === warmId ? 9 : 1, 1)
        const before = store.counts()
        expect(store.removeEmpty(() => false)).toEqual([])

        store.retain({ before: 5, bytesMax: null })
        expect(store.removeEmpty((id) => id === usedId)).toEqual([coldId])
        expect(store.find(cold!)).toBeUndefined()
        expect(store.counts()).toMatchObject({ series: 2, labelBytes: before.labelBytes - store.labelBytesOf(cold!) })
        expect(store.match({ names: ['temp'], tags: everything })).toEqual([warmId, usedId])
        expect(samples(store, { names: null, tags: everything }, null)).toEqual([[warmId, 9, 1]])

        const again = store.intern(cold!)
        expect(again).toBeGreaterThan(usedId!)
        appendSample(store, again, 7, 2)
        expect(store.removeEmpty(() => false)).toEqual([usedId])
        expect(store.series(again)).toEqual(cold)
        expect(samples(store, temp, null)).toEqual([
          [again, 7, 2],
          [warmId, 9, 1],
        ])
      })
    })

    test('what was appended, and what retain leaves, is as in a plain model for any appends, spans and selections', async () => {
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
            const expectedAnyTime = () =>
              [...model.values()]
                .filter(
                  ({ name: seriesName, tags }) => isNamed(selection, seriesName) && matchesTags(selection.tags, tags),
                )
                .sort((left, right) => left.at - right.at || left.id - right.id)
            const expected = () => expectedAnyTime().filter(({ at }) => isWithin(span, at))
            const check = () => {
              expect(samples(store, selection, span)).toEqual(expected().map(({ id, at, value }) => [id, at, value]))
              const summary = new Summary()
              for (const { value } of expected()) summary.add(value)
              const actual = store.summarise(selection, span)
              for (const operator of ['AVG', 'MIN', 'MAX', 'SUM', 'COUNT'] as const) {
                expect(actual.value(operator)).toBe(summary.value(operator))
              }
              checkSteps(summary)
            }
            const checkSteps = (summary: Summary): void => {
              const reading = new StepwiseReading(store)
              const ids = finish(reading.match(selection))
              expect(ids).toEqual(store.match(selection))
              expect(finish(reading.newest(ids))).toBe(expectedAnyTime().at(-1)?.at)
              const actual = finish(reading.summarise(ids, span ?? allTime))
              for (const operator of ['AVG', 'MIN', 'MAX', 'SUM', 'COUNT'] as const) {
                expect(actual.value(operator)).toBe(summary.value(operator))
              }
              const { timestamps, values } = mergeRuns(finish(reading.read(ids, span ?? allTime)))
              expect([...timestamps]).toEqual(expected().map(({ at }) => at))
              expect([...values]).toEqual(expected().map(({ value }) => value))
            }
            check()
            const newestUntil = span?.end ?? Number.POSITIVE_INFINITY
            const until = expectedAnyTime().filter(({ at }) => at <= newestUntil)
            expect(store.newest(selection, span?.end)).toBe(until.at(-1)?.at)
            const removed = store.retain({ before, bytesMax: null })
            const left = new Set<string>()
            store.select({ names: null, tags: everything }, null, (id, at) =>
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
  })
}

function samples(store: SampleHead, selection: Selection, span: TimeSpan | null): [number, number, number][] {
  const result: [number, number, number][] = []
  store.select(selection, span, (series, timestamp, value) => result.push([series, timestamp, value]))
  return result
}
