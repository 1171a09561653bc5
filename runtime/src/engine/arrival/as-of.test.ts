/** The store as of a position, against a plain model: a list of everything that has arrived. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergeRuns } from '../aggregate/sample-runs.ts'
import { Summary } from '../aggregate/summary.ts'
import { createSeries } from '../model/series.ts'
import { finish, type Slice, type Steps } from '../model/steps.ts'
import { parseQuery } from '../query/parse-query.ts'
import { matchesTags } from '../query/match-tags.ts'
import { MemoryStore } from '../store/memory-store.ts'
import { allTime } from '../store/stepwise-reading.ts'
import { Arrivals, type Reader } from './arrivals.ts'
import { HistoryAsOf, readAsOf } from './as-of.ts'

/** Interrupts at every opportunity. */
const always: Slice = { isOver: true }
const allSeries = [createSeries('temp', ['a=1']), createSeries('temp', ['a=2']), createSeries('load', [])]
const queries = ['SUM:temp:[]', 'SUM:temp,load:[a=1]', 'SUM:load:[]'].map((text) => parseQuery(text))

/** Keeps everything. */
const reader: Reader = { position: 0, setAside: () => {}, seriesAside: () => [], forgetSeries: () => {} }

interface Sample {
  readonly series: number
  readonly timestamp: number
  readonly value: number
  readonly writer: number
}

function appendTo(arrivals: Arrivals, { series, timestamp, value, writer }: Sample): void {
  const columns = { timestamps: Float64Array.of(timestamp), values: Float64Array.of(value) }
  const ids = { series: Uint32Array.of(arrivals.intern(allSeries[series]!)), producers: Float64Array.of(0) }
  expect(arrivals.append({ count: 1, ...columns, ...ids }, writer)).toEqual([])
}

test('a workflow sees what arrived up to its position, and what it has written itself', () => {
  const sampleOf = (writer: fc.Arbitrary<number>) =>
    fc.record({
      series: fc.nat(2),
      timestamp: fc.integer({ min: -20, max: 20 }),
      value: fc.integer({ min: -99, max: 99 }),
      writer,
    })
  const samples = fc.array(sampleOf(fc.nat(1)), { maxLength: 60, size: 'max' })
  const later = fc.array(sampleOf(fc.constant(0)), { maxLength: 60 })
  const span = fc
    .tuple(fc.integer({ min: -25, max: 25 }), fc.nat(30))
    .map(([start, width]) => ({ start, end: start + width }))

  fc.assert(
    fc.property(
      samples,
      fc.nat(60),
      fc.constantFrom(...queries),
      fc.option(span),
      later,
      (all, seen, query, within, more) => {
        const meanwhile = [...more]
        const arrivals = new Arrivals({ store: new MemoryStore(), now: () => 0 })
        arrivals.addReader(reader)
        for (const series of allSeries) arrivals.intern(series)
        // Nobody else writes the same samples as the workflow: the later of two writers wins in the store, for all.
        const given = all.map((sample) =>
          sample.writer === 1 ? { ...sample, timestamp: sample.timestamp + 0.5 } : sample,
        )
        const doubled = given.map((sample) => ({ ...sample, timestamp: sample.timestamp * 2 }))
        for (const sample of doubled) appendTo(arrivals, sample)
        const position = Math.min(seen, doubled.length)

        const known = new Map<string, Sample>()
        for (const [index, sample] of doubled.entries()) {
          const { name, tags } = allSeries[sample.series]!
          if (index >= position && sample.writer !== 1) continue
          if (!query.series.includes(name) || !matchesTags(query.tags, tags)) continue
          known.set(`${sample.series} ${sample.timestamp}`, sample)
        }
        const inTime = [...known.values()].sort(
          (left, right) => left.timestamp - right.timestamp || left.series - right.series,
        )
        const inSpan = inTime.filter(
          ({ timestamp }) => within === null || (timestamp >= within.start && timestamp <= within.end),
        )
        const expected = new Summary()
        for (const { value } of inSpan) expected.add(value)

        const selection = { names: query.series, tags: query.tags }
        const reading = readAsOf(arrivals, { arrival: position, writer: 1 }, always)
        /** Does the work; after each step, another sample arrives. */
        const work = <Result>(steps: Steps<Result>): Result => {
          for (;;) {
            const { done, value } = steps.next()
            if (done === true) return value
            const sample = meanwhile.pop()
            if (sample !== undefined) appendTo(arrivals, { ...sample, timestamp: sample.timestamp * 2 })
          }
        }
        const ids = work(reading.match(selection))
        const wide = within ?? allTime
        const summary = work(reading.summarise(ids, wide))
        for (const operator of ['COUNT', 'SUM', 'MIN', 'MAX', 'AVG'] as const) {
          expect(summary.value(operator)).toBe(expected.value(operator))
        }
        expect(work(reading.newest(ids))).toBe(inTime.at(-1)?.timestamp)
        const { timestamps, values } = mergeRuns(work(reading.read(ids, wide)))
        expect([...timestamps]).toEqual(inSpan.map(({ timestamp }) => timestamp))
        expect([...values]).toEqual(inSpan.map(({ value }) => value))
        // A source elsewhere is asked within a call.
        const distant = new HistoryAsOf(arrivals, { arrival: position, writer: 1 }, arrivals.store)
        expect((distant.summarise(selection, within) as Summary).value('SUM')).toBe(expected.value('SUM'))
      },
    ),
    { numRuns: 500 },
  )
})

test('thousands of later samples, far apart, are left out as well', () => {
  const arrivals = new Arrivals({ store: new MemoryStore(), now: () => 0 })
  arrivals.addReader(reader)
  for (let index = 0; index < 3000; index++) {
    appendTo(arrivals, { series: index % 3, timestamp: (index * 7919) % 1_000_003, value: index, writer: 0 })
  }
  const temp = { names: ['temp'], tags: parseQuery('SUM:temp:[]').tags }
  for (const position of [0, 1, 1500, 2999]) {
    const reading = readAsOf(arrivals, { arrival: position, writer: 1 })
    let [count, sum] = [0, 0]
    for (let index = 0; index < position; index++) if (index % 3 < 2) [count, sum] = [count + 1, sum + index]
    const summary = finish(reading.summarise(finish(reading.match(temp)), allTime))
    expect([summary.value('COUNT'), summary.value('SUM')]).toEqual([count, sum])
    const distant = new HistoryAsOf(arrivals, { arrival: position, writer: 1 }, arrivals.store)
    expect((distant.summarise(temp, null) as Summary).value('SUM')).toBe(sum)
  }
})
