import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSeries } from '../model/series.ts'
import { endless, finish } from '../model/steps.ts'
import { parseQuery } from '../query/parse-query.ts'
import type { TimeSpan } from '../query/query.ts'
import { MemoryStore } from '../store/memory-store.ts'
import { allTime } from '../store/stepwise-reading.ts'
import { ArrivalReader } from './arrival-reader.ts'
import { Arrivals, type Reader } from './arrivals.ts'
import type { Arrived } from './arrived.ts'
import { closing } from './kept-arrivals.ts'

/** Subscribes in one step. @returns what was passed over */
function subscribe(reader: ArrivalReader, handle: number, query: string, span: TimeSpan = allTime): Arrived {
  const ids = finish(reader.subscribe(handle, parseQuery(query), span, endless))
  return finish(reader.passed(ids, endless))
}

function open(limits: { keptMax?: number } = {}) {
  const time = { now: 100 }
  const arrivals = new Arrivals({ store: new MemoryStore(), now: () => time.now, ...limits })
  const write = (series: string, timestamp: number, writer = 0): void => {
    const columns = { timestamps: Float64Array.of(timestamp), values: Float64Array.of(timestamp) }
    const ids = { series: Uint32Array.of(arrivals.intern(createSeries(series, []))), producers: Float64Array.of(1) }
    arrivals.append({ count: 1, ...columns, ...ids }, writer)
  }
  return { time, arrivals, write }
}

test('what arrives in one turn arrives at the same time, and another writer or a closing later', () => {
  const { time, arrivals, write } = open()
  const reader = new ArrivalReader(arrivals, 9)
  subscribe(reader, 1, 'COUNT:temp:[]')
  write('temp', 1)
  time.now = 150
  write('temp', 2)
  write('temp', 3, 1)
  expect(arrivals.close(7)).toBe(151)
  write('temp', 4)
  arrivals.endTurn()
  // The clock was set back.
  time.now = 20
  write('temp', 5)
  const { ats, series, producers, timestamps } = reader.take(9)
  expect([...ats]).toEqual([100, 100, 150, 151, 152, 152])
  expect([...series].indexOf(closing)).toBe(3)
  expect(producers[3]).toBe(7)
  expect([...timestamps].filter((_, index) => index !== 3)).toEqual([1, 2, 3, 4, 5])
})

test('a mark lies between what has arrived and what arrives later, and nothing arrives in time that has passed', () => {
  const { arrivals, write } = open()
  write('temp', 1)
  const mark = arrivals.mark()
  expect(mark).toBeGreaterThan(arrivals.newestAt)
  write('temp', 2)
  expect(arrivals.newestAt).toBe(mark)
  arrivals.passTime(5000)
  write('temp', 3)
  expect(arrivals.newestAt).toBe(5001)
})

test('a reader gets what concerns it, in order, and not what it has written', () => {
  const { arrivals, write } = open()
  write('temp', 1)
  const reader = new ArrivalReader(arrivals, 1)
  subscribe(reader, 1, 'COUNT:temp:[]')
  write('temp', 2)
  write('load', 3)
  write('temp', 4, 1)
  write('temp', 5)
  expect(reader.next()).toBe(2)
  expect(reader.countLeft()).toBe(2)
  expect([...reader.take(1).positions]).toEqual([2])
  expect([...reader.take(9).timestamps]).toEqual([5])
  expect(reader.next()).toBeUndefined()
  // A subscription that comes later gets what was passed over, from the position on.
  reader.moveTo(2)
  expect([...subscribe(reader, 2, 'COUNT:temp,load:[]').timestamps]).toEqual([3, 5])
  finish(reader.free(1, endless))
  finish(reader.free(2, endless))
  write('temp', 6)
  expect(reader.next()).toBeUndefined()
})

test('a series of which nothing is left goes when no reader can hear of it, whether it is kept or set aside', () => {
  const { arrivals, write } = open({ keptMax: 10 })
  const { store } = arrivals
  const idOf = (name: string) => store.find(createSeries(name, []))
  write('gone', 1)
  arrivals.endTurn()
  const slow = new ArrivalReader(arrivals, 1)
  subscribe(slow, 1, 'COUNT:temp,load:[]')
  write('load', 1)
  write('temp', 2)
  const [gone, load, temp] = ['gone', 'load', 'temp'].map(idOf)
  store.retain({ before: 1000, bytesMax: null })
  expect(arrivals.removeEmptySeries()).toEqual([gone])

  for (let timestamp = 2000; timestamp < 2020; timestamp++) write('other', timestamp)
  arrivals.endTurn()
  expect(slow.isExact).toBe(false)
  expect(arrivals.removeEmptySeries()).toEqual([])
  expect([...slow.take(1).series]).toEqual([load])
  expect(arrivals.removeEmptySeries()).toEqual([load])
  expect([...slow.take(9).series]).toEqual([temp])
  slow.moveTo(arrivals.newest)
  arrivals.endTurn()
  expect(arrivals.removeEmptySeries()).toEqual([temp])
  expect(slow.takeForgotten()).toEqual([gone, load, temp])

  write('temp', 3000)
  expect([...slow.take(9).series]).toEqual([idOf('temp')])
  expect(idOf('temp')).toBeGreaterThan(temp!)
})

test('what all readers have seen is forgotten; one that is far behind has its samples set aside', () => {
  const { arrivals, write } = open({ keptMax: 100 })
  const slow = new ArrivalReader(arrivals, 1)
  subscribe(slow, 1, 'COUNT:temp:[]')
  for (let timestamp = 1; timestamp <= 250; timestamp++) write(timestamp % 5 === 0 ? 'temp' : 'load', timestamp)
  arrivals.endTurn()
  expect(arrivals.newest - arrivals.before).toBeLessThanOrEqual(100)
  expect(slow.isExact).toBe(false)
  const timestamps = [
    ...slow.take(20).timestamps,
    ...slow.take(20).timestamps,
    ...slow.take(20).timestamps,
    ...slow.take(20).timestamps,
  ]
  expect(timestamps).toEqual(Array.from({ length: 50 }, (_, index) => 5 * (index + 1)))
  slow.moveTo(arrivals.newest)
  arrivals.endTurn()
  expect([slow.isExact, arrivals.before]).toEqual([true, arrivals.newest])
})

test('beyond its share, a reader misses the oldest samples, and hears how its live queries continue', () => {
  const { arrivals, write } = open({ keptMax: 100 })
  const slow = new ArrivalReader(arrivals, 1, 20)
  subscribe(slow, 1, 'COUNT:temp:[]')
  subscribe(slow, 2, 'SUM:temp:[]:[0,10]', { start: 0, end: 10 })
  for (let timestamp = 1; timestamp <= 150; timestamp++) write('temp', timestamp)
  arrivals.close(4)
  arrivals.endTurn()
  const skip = slow.takeSkip()!
  expect(
    skip.live.map(({ handles, eventCount, missed }) => [handles, eventCount, missed.get('')?.value('SUM')]),
  ).toEqual([
    [[1], skip.position, (skip.position * (skip.position + 1)) / 2],
    [[2], 10, 55],
  ])
  expect(slow.takeSkip()).toBeUndefined()
  const left = slow.take(1000)
  expect(left.positions[0]).toBe(skip.position + 1)
  expect(left.producers.at(-1)).toBe(4)
})

test('whatever its pace, a reader gets each sample or misses it, once and in order, and hears of every closing', () => {
  const burst = fc.record({ kind: fc.constant('burst' as const), count: fc.integer({ min: 1, max: 80 }) })
  const read = fc.record({ kind: fc.constant('read' as const), count: fc.integer({ min: 1, max: 60 }) })
  const close = fc.record({ kind: fc.constant('close' as const), count: fc.constant(1) })
  const schedule = fc.array(fc.oneof(burst, burst, read, close), { maxLength: 60, size: 'max' })
  fc.assert(
    fc.property(schedule, fc.boolean(), (turns, isFixed) => {
      const { arrivals, write } = open({ keptMax: 100 })
      const slow = new ArrivalReader(arrivals, 1, 30)
      const span = isFixed ? { start: 40, end: 90 } : allTime
      subscribe(slow, 1, 'COUNT:temp:[]')
      subscribe(slow, 2, 'COUNT:temp,load:[]', span)
      const sent: number[] = []
      const got: number[] = []
      const [closed, heard]: [number[], number[]] = [[], []]
      const missed = [0, 0].map(() => ({ count: 0, sum: 0 }))
      let position = 0
      const readOnce = (countMax: number): void => {
        const skip = slow.takeSkip()
        for (const { handles, eventCount, missed: of } of skip?.live ?? []) {
          missed[handles[0]! - 1]!.count += eventCount
          missed[handles[0]! - 1]!.sum += of.get('')!.value('SUM')
        }
        if (skip !== undefined) position = skip.position
        const { count, positions, series, timestamps, producers } = slow.take(countMax)
        for (let index = 0; index < count; index++) {
          if (series[index] === closing) {
            heard.push(producers[index]!)
            continue
          }
          expect(positions[index]!).toBeGreaterThan(position)
          position = positions[index]!
          got.push(timestamps[index]!)
        }
      }
      for (const { kind, count } of turns) {
        if (kind === 'read') readOnce(count)
        else if (kind === 'close') {
          closed.push(closed.length + 1)
          arrivals.close(closed.length)
        } else {
          for (let index = 0; index < count; index++) {
            sent.push(sent.length + 1)
            write(sent.length % 3 === 0 ? 'load' : 'temp', sent.length)
          }
        }
        arrivals.endTurn()
      }
      while (slow.next() !== undefined) readOnce(60)
      const isOf = [(at: number) => at % 3 !== 0, (at: number) => at >= span.start && at <= span.end]
      for (const [index, is] of isOf.entries()) {
        const [all, some] = [sent.filter(is), got.filter(is)]
        expect(some.length + missed[index]!.count).toBe(all.length)
        expect(sum(some) + missed[index]!.sum).toBe(sum(all))
      }
      expect(heard).toEqual(closed)
    }),
  )
})

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

test('what is kept is what arrived last, in batches of any size, and each arrival leads to the one before of its series', () => {
  const sample = fc.record({ series: fc.nat(3), timestamp: fc.nat(40) })
  // Batches of one are kept sample by sample, longer ones as a whole; the ring has 1,024 places.
  const batches = fc.array(fc.array(sample, { maxLength: 400, size: 'max' }), { maxLength: 12, size: 'max' })
  fc.assert(
    fc.property(batches, fc.integer({ min: 0, max: 1500 }), (all, lag) => {
      const arrivals = new Arrivals({ store: new MemoryStore(), now: () => 0 })
      const reader: Reader & { position: number } = {
        position: 0,
        setAside: () => {},
        seriesAside: () => [],
        forgetSeries: () => {},
      }
      arrivals.addReader(reader)
      for (let of = 0; of < 4; of++) arrivals.intern(createSeries('temp', [`of=${of}`]))
      const arrived: { series: number; timestamp: number; value: number; replaced: number; previous: number }[] = []
      const latest = new Map<number, number>()
      const values = new Map<string, number>()
      for (const batch of all) {
        const first = arrived.length
        for (const { series, timestamp } of batch) {
          const value = arrived.length + 1
          const key = `${series} ${timestamp}`
          const replaced = values.get(key) ?? Number.NaN
          arrived.push({ series, timestamp, value, replaced, previous: latest.get(series) ?? 0 })
          values.set(key, value)
          latest.set(series, value)
        }
        const added = arrived.slice(first)
        arrivals.append(
          {
            count: added.length,
            series: Uint32Array.from(added, ({ series }) => series),
            timestamps: Float64Array.from(added, ({ timestamp }) => timestamp),
            values: Float64Array.from(added, ({ value }) => value),
            producers: new Float64Array(added.length).fill(5),
          },
          7,
        )
        reader.position = Math.max(reader.position, arrived.length - lag)
        arrivals.endTurn()
        expect([arrivals.before, arrivals.newest]).toEqual([reader.position, arrived.length])
        const { kept } = arrivals
        const found = arrived.slice(arrivals.before).map((_, offset) => {
          const position = arrivals.before + 1 + offset
          const index = kept.indexOf(position)
          return {
            series: kept.series[index],
            timestamp: kept.timestamps[index],
            value: kept.values[index],
            from: [kept.producers[index], kept.writers[index]],
            replaced: kept.replacedAt(position),
            previous: kept.previousTo(position),
          }
        })
        expect(found).toEqual(arrived.slice(arrivals.before).map((one) => ({ ...one, from: [5, 7] })))
      }
      for (const [series, position] of latest) expect(arrivals.latestOf(series)).toBe(position)
    }),
    { numRuns: 20 },
  )
})
