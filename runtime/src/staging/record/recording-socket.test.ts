import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { DirectScribe } from '../../../test/direct-scribe.ts'
import { VirtualTime } from '../../../test/virtual-time.ts'
import type { RecordedFact } from './recorded-fact.ts'
import { RecordingSocket } from './recording-socket.ts'
import type { ScribeListener, ScribeOutlet } from './scribe-thread.ts'

/** Nothing leaves it but what the test lets go. */
class SlowSocket extends EventEmitter {
  readonly OPEN = 1
  readonly CLOSED = 3
  readonly calls: string[] = []
  readonly waiting: { readonly text: string; readonly onSent: () => void }[] = []
  readyState = 1

  get bufferedAmount(): number {
    return this.waiting.reduce((sum, { text }) => sum + text.length, 0)
  }

  send(text: string, onSent: () => void): void {
    this.waiting.push({ text, onSent })
  }

  letGo(): void {
    this.waiting.shift()?.onSent()
  }

  close(code: number): void {
    this.calls.push(`close ${code}`)
  }

  terminate(): void {
    this.calls.push('terminate')
    this.readyState = 3
    this.emit('close')
  }
}

function open(createScribe: (listener: ScribeListener) => ScribeOutlet) {
  const socket = new SlowSocket()
  const time = new VirtualTime()
  const said: string[] = []
  const outlet = new RecordingSocket(socket as unknown as WebSocket, {
    timers: time,
    bufferBytesMax: 10_000,
    createScribe: (_hasHistory, listener) => createScribe(listener),
    hasHistory: false,
    onStop: () => said.push('stop'),
    onSlow: () => said.push('slow'),
    onClose: () => said.push('closed'),
  })
  return { socket, time, said, outlet }
}

const text: RecordedFact = {
  kind: 'made',
  workflow: 'a',
  made: { kind: 'ws', producer: 1, text: 'x'.repeat(1000) },
  clock: { polledAt: 1, madeAt: 2 },
}

test('a recording that ends waits for what is on its way as long as something moves, and not longer', async () => {
  const { socket, time, outlet } = open((listener) => new DirectScribe(false, listener))
  for (let count = 0; count < 6; count++) outlet.take(text)
  outlet.close()
  for (let count = 0; count < 5; count++) {
    await time.advance(4000)
    socket.letGo()
  }
  expect(socket.calls).toEqual(['close 1000'])
  await time.advance(10_000)
  expect(socket.calls).toEqual(['close 1000', 'terminate'])
})

test('what the scribe has not written counts as waiting for the recorder', () => {
  const taken: RecordedFact[] = []
  const calls: string[] = []
  const scribe = { take: (fact: RecordedFact) => taken.push(fact), next: () => {}, close: () => calls.push('closed') }
  const { socket, said, outlet } = open(() => scribe)
  for (let count = 0; count < 20; count++) outlet.take(text)
  expect(said).toEqual(['slow', 'closed'])
  expect(socket.calls).toEqual(['close 1008', 'terminate'])
  expect(taken.length).toBeLessThan(10)
  expect(calls).toEqual(['closed'])
})

test('a scribe that fails ends the recording, and nothing unfinished leaves it', async () => {
  const { promise, resolve } = Promise.withResolvers<ScribeListener>()
  const { socket, outlet } = open((listener) => {
    resolve(listener)
    return { take: () => {}, next: () => {}, close: () => {} }
  })
  outlet.take(text)
  const { onFailure } = await promise
  onFailure(new Error('out of memory'))
  expect(socket.calls).toEqual(['close 1011'])
  expect(socket.waiting).toEqual([])
})
