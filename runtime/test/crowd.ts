/** Many producers that send to one runtime at the same time, each its own series over its own connection. */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { encodeEvents } from '../src/staging/wire/event-frame.ts'
import { ask } from './kill-rounds.ts'
import { spawnRuntime } from './spawn-runtime.ts'

const eventsPerFrame = 10

/**
 * @param eventsEach - per producer; a multiple of ten
 * @throws {Error} when an event is missing, stored twice, or refused
 */
export async function crowd(
  directory: string,
  producerCount: number,
  eventsEach: number,
): Promise<{ readonly events: number; readonly seconds: number }> {
  const runtime = await spawnRuntime(['--data', directory])
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: producerCount }, (_, index) => produce(runtime.url, index, eventsEach)))
  const seconds = (performance.now() - startedAt) / 1000
  const events = producerCount * eventsEach
  const found = { count: await ask(runtime, 'COUNT:load:[]'), sum: await ask(runtime, 'SUM:load:[]') }
  const sum = (producerCount * eventsEach * (eventsEach - 1)) / 2
  if (found.count !== events || found.sum !== sum) {
    throw new Error(
      `${events} events with the sum ${sum} were acknowledged; found are ${found.count} with ${found.sum}`,
    )
  }
  const code = await runtime.stop()
  if (code !== 0) throw new Error(`the runtime stopped with code ${code}`)
  return { events, seconds }
}

async function produce(url: string, index: number, eventCount: number): Promise<void> {
  const socket = new WebSocket(url.replace('http', 'ws'), ['slung.ack.v1'])
  await once(socket, 'open')
  const done = Promise.withResolvers<void>()
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as { ack?: number; error?: string }
    if (message.error !== undefined) done.reject(new Error(message.error))
    if (message.ack === eventCount) done.resolve()
  })
  for (let first = 0; first < eventCount; first += eventsPerFrame) {
    const events = Array.from({ length: eventsPerFrame }, (_, offset) => ({
      series: 'load',
      timestamp: first + offset,
      value: first + offset,
      tags: [`host=h${index}`],
    }))
    socket.send(encodeEvents(events))
    // Give the others a turn.
    if (first % 500 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await done.promise
  socket.close()
}
