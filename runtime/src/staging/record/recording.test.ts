/**
 * A recording that begins with stored samples. For the whole path, see `test/record.test.ts`.
 */
import { EventEmitter } from 'node:events'
import { expect, test, vi } from 'vitest'
import type { WebSocket } from 'ws'
import { appendSample } from '../../../test/append-sample.ts'
import { DirectScribe } from '../../../test/direct-scribe.ts'
import { VirtualTime } from '../../../test/virtual-time.ts'
import { distant } from '../../../test/distant-history.ts'
import { noProducer } from '../../engine/model/columns.ts'
import { createSeries } from '../../engine/model/series.ts'
import { SlungError } from '../../engine/model/slung-error.ts'
import { Arrivals } from '../../engine/arrival/arrivals.ts'
import type { HistorySource } from '../../engine/store/history-source.ts'
import { MemoryStore } from '../../engine/store/memory-store.ts'
import { StateTable } from '../../engine/store/state-store.ts'
import { FairTurns } from '../system/fair-turns.ts'
import type { RecordMessage } from './record-protocol.ts'
import { Recording } from './recording.ts'
import { RecordingSocket } from './recording-socket.ts'

class ListeningSocket extends EventEmitter {
  readonly OPEN = 1
  readonly messages: RecordMessage[] = []
  readyState = 1
  bufferedAmount = 0

  send(text: string, onSent?: () => void): void {
    this.messages.push(JSON.parse(text) as RecordMessage)
    onSent?.()
  }

  close(): void {
    this.readyState = 3
    this.emit('close')
  }

  terminate(): void {
    this.close()
  }
}

/** @param history - elsewhere, unless it is the store */
function begin(store: MemoryStore, history: HistorySource = distant(store)) {
  const socket = new ListeningSocket()
  const time = new VirtualTime(100)
  const outlet = new RecordingSocket(socket as unknown as WebSocket, {
    timers: time,
    bufferBytesMax: 1_000_000,
    createScribe: (hasHistory, listener) => new DirectScribe(hasHistory, listener),
    hasHistory: true,
    onStop: () => {},
    onSlow: () => {},
    onClose: () => recording.close(),
  })
  const arrivals = new Arrivals({ store, now: () => time.now() })
  let lookCount = 0
  // Goes on at each look: nothing is read in one turn.
  const clock = { elapsedMillis: () => time.elapsedMillis() + lookCount++ }
  const turns = new FairTurns({ clock, timers: time, arrivedCount: () => arrivals.newest, isCommitting: () => false })
  const world = { arrivals, store, history, states: new StateTable(), workflows: [], turns, timers: time }
  const recording = new Recording(outlet, 1000, world)
  return { socket, time, arrivals, recording }
}

function take(recording: Recording, series: number, timestamp: number): void {
  const columns = { timestamps: Float64Array.of(timestamp), values: Float64Array.of(1) }
  const producers = Float64Array.of(noProducer)
  recording.samples({ count: 1, series: Uint32Array.of(series), ...columns, producers }, null, 100)
}

test('samples taken while the history is on its way come after it', async () => {
  const store = new MemoryStore()
  const temp = store.intern(createSeries('temp', []))
  appendSample(store, temp, 1, 21.5)
  const { socket, recording } = begin(store)
  take(recording, temp, 2)
  recording.turnEnded()
  expect(socket.messages).toEqual([])
  await recording.finish()

  await vi.waitFor(() => expect(socket.readyState).not.toBe(socket.OPEN), { timeout: 30_000 })
  const kinds = socket.messages.map(({ kind }) => kind)
  expect(kinds).toEqual(['begin', 'series', 'history', 'series', 'samples', 'end'])
  expect(socket.messages).toContainEqual({ kind: 'history', rows: [[temp, 1, 21.5]] })
})

test('a history that cannot be read refuses the recording, and nothing follows', async () => {
  const store = new MemoryStore()
  const temp = store.intern(createSeries('temp', []))
  store.summarise = () => {
    throw new SlungError('store-corrupt', 'cannot read the store: it is damaged')
  }
  const { socket, recording } = begin(store)
  take(recording, temp, 2)
  recording.turnEnded()

  await vi.waitFor(() => expect(socket.readyState).not.toBe(socket.OPEN), { timeout: 30_000 })
  expect(socket.messages).toEqual([{ kind: 'refused', error: 'cannot read the store: it is damaged' }])
})

test('a recorder that leaves ends the reading of what the store held', async () => {
  const store = new MemoryStore()
  const temp = store.intern(createSeries('temp', []))
  appendSample(store, temp, 1, 21.5)
  const { socket, time, arrivals } = begin(store, store)
  const columns = { timestamps: Float64Array.of(2), values: Float64Array.of(1), producers: Float64Array.of(noProducer) }
  arrivals.append({ count: 1, series: Uint32Array.of(temp), ...columns }, 0)
  arrivals.endTurn()
  // Kept, because it is not what the store held.
  expect(arrivals.before).toBe(0)
  socket.close()
  await time.settle()
  expect(arrivals.before).toBe(1)
  expect(socket.messages).toEqual([])
})

test('the recorder hears that a workflow met a limit which its replay would not meet', async () => {
  const { socket, recording } = begin(new MemoryStore())
  recording.limited('alert')
  await vi.waitFor(() => expect(socket.messages).toContainEqual({ kind: 'limited', workflow: 'alert' }))
})
