/** What a workflow that is too far behind hears of the samples that it misses, group by group. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ArrivalReader } from './arrival/arrival-reader.ts'
import { Arrivals } from './arrival/arrivals.ts'
import { readAsOf } from './arrival/as-of.ts'
import { HandleTable, type SkippedSamples } from './live/handle-table.ts'
import type { LiveEvent } from './model/live-event.ts'
import { createSeries } from './model/series.ts'
import { endless, finish } from './model/steps.ts'
import { parseQuery } from './query/parse-query.ts'
import { readSeed, seedInSteps } from './read-seed.ts'
import { MemoryStore } from './store/memory-store.ts'
import { allTime } from './store/stepwise-reading.ts'

const second = 1_000_000
const texts = ['COUNT:temp:[room=*]', 'SUM:temp:[room=*]:[5s]', `MAX:temp:[room=*]:[${10 * second},${10_000 * second}]`]

function openReader(arrivals: Arrivals, asideMax: number) {
  const { store } = arrivals
  const reader = new ArrivalReader(arrivals, 1, asideMax)
  const handles = new HandleTable((id) => store.series(id))
  for (const text of texts) {
    const query = parseQuery(text)
    const seed = readSeed(store, query, 0)
    finish(reader.subscribe(handles.next, query, seed.kind === 'fixed' ? seed.span : allTime, endless))
    handles.add(query, seed)
  }
  const latest = new Map<string, LiveEvent>()
  let eventCount = 0
  const read = (): void => {
    const skip = reader.takeSkip()
    if (skip !== undefined) {
      const skipped = skip.live.map(({ handles: open, query, eventCount: missedCount, missed }): SkippedSamples => {
        const isRolling = query.text.endsWith('[5s]')
        const reading = readAsOf(arrivals, { arrival: skip.position, writer: 1 })
        const seed = isRolling ? finish(seedInSteps(reading, query, 0)) : null
        const states = new Map([...missed].map(([group, summary]) => [group, summary.state()]))
        return { handles: open, eventCount: missedCount, seed, missed: states }
      })
      handles.skip(skipped)
    }
    while (reader.next() !== undefined) {
      const { count, positions, series, timestamps, values } = reader.take(1000)
      for (let index = 0; index < count; index++)
        handles.offer(series[index]!, timestamps[index]!, values[index]!, 0, 0)
      reader.moveTo(positions[count - 1]!)
    }
    for (const handle of handles.liveQueries.keys()) {
      for (let event = handles.poll(handle); event !== undefined; event = handles.poll(handle)) {
        latest.set(`${handle} ${event.tags[0]!}`, event)
        eventCount++
      }
    }
  }
  return { handles, latest, read, eventCount: () => eventCount }
}

test('law: after a gap, each group continues as if nothing had been missed', () => {
  let missedCount = 0
  const burst = fc.array(fc.tuple(fc.nat(3), fc.integer({ min: -3, max: 3 })), { maxLength: 90, size: 'max' })
  fc.assert(
    fc.property(fc.array(burst, { minLength: 1, maxLength: 6 }), (bursts) => {
      const arrivals = new Arrivals({ store: new MemoryStore(), now: () => 0, keptMax: 40 })
      const [slow, quick] = [openReader(arrivals, 10), openReader(arrivals, 1_000_000)]
      let sent = 0
      const write = (room: number, back: number): void => {
        sent++
        const id = arrivals.intern(createSeries('temp', [`room=${room}`]))
        const columns = {
          series: Uint32Array.of(id),
          // Each once: a repeated sample counts once in a window that is read again.
          timestamps: Float64Array.of((sent + back) * second + sent),
          values: Float64Array.of(sent),
          producers: Float64Array.of(0),
        }
        arrivals.append({ count: 1, ...columns }, 0)
      }
      for (const one of bursts) {
        for (const [room, back] of one) write(room, back)
        arrivals.endTurn()
        quick.read()
        slow.read()
      }
      for (let room = 0; room < 4; room++) write(room, 4)
      arrivals.endTurn()
      quick.read()
      slow.read()
      missedCount += slow.handles.coalescedCount
      expect(quick.handles.coalescedCount).toBe(0)
      for (let room = 0; room < 4; room++) {
        for (const handle of [1, 2, 3]) {
          expect(slow.latest.get(`${handle} room=${room}`)).toEqual(quick.latest.get(`${handle} room=${room}`))
        }
      }
      expect(slow.eventCount() + slow.handles.coalescedCount).toBeGreaterThanOrEqual(quick.eventCount())
    }),
  )
  expect(missedCount).toBeGreaterThan(1000)
})
