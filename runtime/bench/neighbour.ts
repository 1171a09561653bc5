/**
 * A producer that minds its own business, to see what others cost it: how many samples a second are acknowledged while
 * it sends as fast as it can, and how long an acknowledgement takes while it sends one event after the other.
 */
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { eventEnd, encodeEvents } from '../src/staging/wire/event-frame.ts'

export interface Service {
  /** Acknowledged while it floods. */
  readonly samplesPerSecond: number
  /** The same for each second of the processor's time that the runtime had: what else the machine does has no part in it. */
  readonly samplesPerCpuSecond: number
  /** From an event to its acknowledgement, in milliseconds. */
  readonly p50: number
  readonly p99: number
}

const eventsPerFrame = 2000
const seriesCount = 100
/** Frames on their way: enough that the runtime never waits for the producer. */
const windowFrames = 40
const pingMillis = 3

/**
 * Sends for two periods of this length, and measures.
 *
 * @param cpuSeconds - the processor's time that the runtime has had so far
 */
export async function measureNeighbour(url: string, millis: number, cpuSeconds: () => number): Promise<Service> {
  // Code that is not compiled yet is slower, and compiling takes processor time too.
  await flood(url, 2 * millis)
  const cpuBefore = cpuSeconds()
  const samplesPerSecond = await flood(url, millis)
  const samplesPerCpuSecond = (samplesPerSecond * millis) / 1000 / (cpuSeconds() - cpuBefore)
  const latencies = await ping(url, millis)
  const at = (part: number): number => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))]!
  return { samplesPerSecond, samplesPerCpuSecond, p50: at(0.5), p99: at(0.99) }
}

async function flood(url: string, millis: number): Promise<number> {
  const connection = await connect(url)
  const frame = encodeEvents(Array.from({ length: eventsPerFrame }, (_, index) => eventOf(index % seriesCount)))
  const offsets: number[] = []
  for (let offset = 0; offset < frame.length; offset = eventEnd(frame, offset)) offsets.push(offset)
  const view = new DataView(frame.buffer, frame.byteOffset)
  let sentCount = 0
  const timestamp = Date.now() * 1000 - 3_600_000_000
  const startedAt = performance.now()
  while (performance.now() - startedAt < millis) {
    for (const [index, offset] of offsets.entries()) {
      const at = timestamp + Math.floor((sentCount + index) / seriesCount)
      view.setUint32(offset, at % 2 ** 32, true)
      view.setInt32(offset + 4, Math.floor(at / 2 ** 32), true)
    }
    // A copy: this one is filled again.
    connection.socket.send(Uint8Array.from(frame))
    sentCount += eventsPerFrame
    while (sentCount - connection.acknowledged > windowFrames * eventsPerFrame) {
      if (performance.now() - startedAt > millis) break
      await connection.next(millis)
    }
  }
  const rate = (connection.acknowledged / (performance.now() - startedAt)) * 1000
  connection.socket.terminate()
  return rate
}

/** Latencies, ascending. */
async function ping(url: string, millis: number): Promise<number[]> {
  const connection = await connect(url)
  const latencies: number[] = []
  const startedAt = performance.now()
  for (let sentCount = 1; performance.now() - startedAt < millis; sentCount++) {
    const sentAt = performance.now()
    connection.socket.send(encodeEvents([{ ...eventOf(0), timestamp: Date.now() * 1000 + sentCount }]))
    while (connection.acknowledged < sentCount && performance.now() - startedAt < 2 * millis) {
      await connection.next(millis)
    }
    latencies.push(performance.now() - sentAt)
    await wait(pingMillis)
  }
  connection.socket.terminate()
  return latencies.sort((left, right) => left - right)
}

function eventOf(index: number) {
  return { series: 'temp', timestamp: 0, value: 20 + index, tags: [`host=h${index}`, `region=r${index % 4}`] }
}

interface Connection {
  readonly socket: WebSocket
  /** How many events of this connection are durable. */
  readonly acknowledged: number
  /** Resolves with the next acknowledgement, or after this time. */
  readonly next: (millisMax: number) => Promise<void>
}

async function connect(url: string): Promise<Connection> {
  const socket = new WebSocket(url.replace('http', 'ws'), ['slung.ack.v1'], { perMessageDeflate: false })
  let acknowledged = 0
  let heard = Promise.withResolvers<void>()
  socket.on('message', (data: Buffer) => {
    const { ack, error } = JSON.parse(data.toString()) as { ack?: number; error?: string }
    if (ack === undefined) throw new Error(error)
    acknowledged = ack
    heard.resolve()
    heard = Promise.withResolvers()
  })
  await once(socket, 'open')
  return {
    socket,
    get acknowledged() {
      return acknowledged
    },
    async next(millisMax) {
      const cancel = new AbortController()
      await Promise.race([heard.promise, wait(millisMax, undefined, { signal: cancel.signal }).catch(() => {})])
      cancel.abort()
    },
  }
}
