import { expect, test } from 'vitest'
import { ArrivalReader } from '../engine/arrival/arrival-reader.ts'
import { Arrivals } from '../engine/arrival/arrivals.ts'
import { evaluateHistory } from '../engine/evaluate-history.ts'
import type { AppendRefusal, SampleBatch } from '../engine/model/columns.ts'
import { createSeries } from '../engine/model/series.ts'
import { SlungError } from '../engine/model/slung-error.ts'
import { endless, finish } from '../engine/model/steps.ts'
import { parseQuery } from '../engine/query/parse-query.ts'
import { MemoryStore } from '../engine/store/memory-store.ts'
import { allTime } from '../engine/store/stepwise-reading.ts'
import { VirtualTime } from '../../test/virtual-time.ts'
import { Intake } from './intake.ts'
import { EventCounts } from './observe/event-counts.ts'
import { Observers } from './observe/observers.ts'
import { encodeEvents } from './wire/event-frame.ts'
import { FrameError } from './wire/frame-decoder.ts'

/** A store that refuses negative values, as one with a damaged chunk refuses a late sample. */
class PickyStore extends MemoryStore {
  override append(batch: SampleBatch): readonly AppendRefusal[] {
    const refusals = Array.from(batch.values.subarray(0, batch.count)).flatMap((value, index) =>
      value < 0 ? [{ index, error: new SlungError('store-corrupt', `${value} is damaged`) }] : [],
    )
    for (let index = 0; index < batch.count; index++) {
      if (batch.values[index]! < 0) continue
      super.append({
        count: 1,
        series: batch.series.slice(index),
        timestamps: batch.timestamps.slice(index),
        values: batch.values.slice(index),
        producers: batch.producers.slice(index),
      })
    }
    return refusals
  }
}

/** The third event is too far in the future. */
const events = [1, -2, 3, 4, -5, 6].map((value, index) => ({
  series: 'temp',
  timestamp: index === 2 ? 1000 : index,
  value,
}))

test('what the store cannot take is refused with its place in the frame, and goes nowhere else', () => {
  const { intake, arrivals, store, observers, counts } = create()
  const reader = new ArrivalReader(arrivals, 1)
  finish(reader.subscribe(1, parseQuery('COUNT:temp:[]'), allTime, endless))
  const told: number[] = []
  observers.add({ samples: ({ count, values: taken }) => void told.push(...taken.subarray(0, count)) })
  const refused: string[] = []

  const taken = intake.takeFrame(7, encodeEvents(events), ({ message }, index) => refused.push(`${index}: ${message}`))

  expect(taken).toBe(3)
  expect(refused).toEqual([
    '1: -2 is damaged',
    expect.stringMatching(/^2: timestamp 1000 .* further in the future/),
    '4: -5 is damaged',
  ])
  expect(told).toEqual([1, 4, 6])
  expect(counts.samplesAccepted).toBe(3)
  expect(evaluateHistory(store, parseQuery('SUM:temp:[]'), 0)).toBe(11)
  expect([...reader.take(10).timestamps]).toEqual([0, 3, 5])
})

test('a truncated frame counts the events before the cut', () => {
  const { intake, counts } = create()
  const frame = encodeEvents(events).subarray(0, -1)

  expect(() => intake.takeFrame(7, frame, () => {})).toThrow(FrameError)
  expect(() => intake.takeFrame(7, frame, () => {})).toThrow(expect.objectContaining({ taken: 2 }))
  expect(counts.samplesAccepted).toBe(4)
})

test('a written sample that the store cannot take is refused once, and does not come back with the next one', () => {
  const { intake, store, observers, counts } = create()
  const temp = createSeries('temp', [])
  const told: number[] = []
  observers.add({ samples: ({ count, values }) => void told.push(...values.subarray(0, count)) })

  expect(() => intake.write('alarm', temp, 1, -2)).toThrow('-2 is damaged')
  intake.write('alarm', temp, 2, 3)

  expect(told).toEqual([3])
  expect(counts.samplesAccepted).toBe(1)
  expect(evaluateHistory(store, parseQuery('SUM:temp:[]'), 0)).toBe(3)
})

test('a commit that is still running when the intake is closed is the last one, even if it fails', async () => {
  const { intake, store, time } = create()
  let commitCount = 0
  const running = Promise.withResolvers<void>()
  store.commit = () => {
    commitCount++
    return running.promise
  }
  const durable = intake.durable()
  await time.advance(1)
  intake.close()
  running.reject(new SlungError('store-failed', 'the disk is full'))

  await expect(durable).rejects.toThrow('the disk is full')
  await time.advance(60_000)
  expect(commitCount).toBe(1)
})

test('a workflow may add so many series, however often it restarts, and gets back what retention removes', () => {
  const { intake, store, arrivals } = create()
  const write = (name: string, timestamp: number, workflow = 'alarm') =>
    intake.write(workflow, createSeries(name, []), timestamp, 1)
  write('a', 1)
  expect(() => write('late', 1000)).toThrow('further in the future')
  write('b', 50)
  // A run of a workflow is a reader, which comes and goes.
  new ArrivalReader(arrivals, arrivals.writerOf('alarm')).close()
  write('a', 2)
  expect(() => write('c', 1)).toThrow(
    'cannot add the series c: workflow "alarm" has added 2 of those that are stored, which is the limit for one sender; ' +
      'raise "sender_series" under [limits]',
  )
  write('c', 1, 'other')
  expect(store.counts().series).toBe(3)

  store.retain({ before: 10, bytesMax: null })
  expect(intake.removeEmptySeries()).toBe(2)
  write('c', 60)
  expect(() => write('d', 60)).toThrow('workflow "alarm" has added 2')
  for (const name of ['d', 'e']) write(name, 60, 'other')
})

function create() {
  const store = new PickyStore()
  const arrivals = new Arrivals({ store, now: () => 100 })
  const limits = { futureMicros: 100, backlogSamplesMax: 1000, senderSeriesMax: 2 }
  const time = new VirtualTime(100)
  const counts = new EventCounts()
  const observers = new Observers([counts])
  const intake = new Intake({ arrivals, store, limits, clock: time, timers: time, observers, offer: () => {} })
  return { intake, arrivals, store, time, observers, counts }
}

test('while memory is short, senders wait for the disk after every frame; without a disk, until there is room', async () => {
  const { intake, store, time } = create()
  const counts = { series: 1, labelBytes: 0, uncommitted: 0, sealedBytes: 0 as number | null }
  store.counts = () => counts
  const steps: string[] = []
  const sender = { pause: () => steps.push('wait'), resume: () => steps.push('go on') }
  const take = (): void => {
    intake.takeFrame(1, encodeEvents([{ series: 'temp', timestamp: 1, value: 1 }]), () => {})
    counts.uncommitted++
    if (intake.isFull) intake.pause(sender)
  }
  store.commit = async () => {
    counts.uncommitted = 0
  }
  take()
  expect(steps).toEqual([])
  intake.setShortOfMemory(true)
  take()
  expect(steps).toEqual(['wait'])
  await time.advance(10)
  expect(steps).toEqual(['wait', 'go on'])

  counts.sealedBytes = null
  take()
  await time.advance(1000)
  expect(steps).toEqual(['wait', 'go on', 'wait'])
  intake.setShortOfMemory(false)
  expect(steps).toEqual(['wait', 'go on', 'wait', 'go on'])
})
