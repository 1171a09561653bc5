/**
 * What a recording costs the others: acks of a neighbour while a workflow answers every sample with a text that is hard
 * to search, without a recorder and with one; and while recordings with a long history begin again and again.
 *
 * `npm run soak -- record [seconds a phase] [rounds]`, 4 and 3 by default.
 */
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { encodeEvents } from '../../src/staging/wire/event-frame.ts'
import { compileGuest } from '../../test/compile-guest.ts'
import { spawnRuntime, type SpawnedRuntime } from '../../test/spawn-runtime.ts'

const historyCount = 950_000
const ratioMax = 3
const textMillis = 10
const askMillis = 5

export async function soak([seconds = '4', rounds = '3']: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'slung-soak-'))
  try {
    for (const [file, contents] of await compileGuest('long-texts')) await writeFile(join(folder, file), contents)
    const runtime = await spawnRuntime([join(folder, 'long-texts.wasm')])
    try {
      await measure(runtime, Number(seconds) * 1000, Number(rounds))
    } finally {
      await runtime.stop()
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function measure(runtime: SpawnedRuntime, millis: number, rounds: number): Promise<void> {
  // Producer 1 receives the texts.
  const producer = await open(runtime, '/', 'slung.ack.v1')
  const neighbour = await open(runtime, '/', 'slung.ack.v1')
  await fill(neighbour)
  let timestamp = Date.now() * 1000
  const texts = setInterval(() => {
    producer.send(encodeEvents([{ series: 'worst', timestamp: timestamp++, value: 1, tags: [] }]))
  }, textMillis)
  const [quiet, texted, begun]: [number[], number[], number[]] = [[], [], []]
  for (let round = 0; round < rounds; round++) {
    quiet.push(...(await delaysOf(neighbour, millis)))
    const recorder = await open(runtime, '/record?history=0', 'slung.record.v1', `127.0.1.${round + 1}`)
    texted.push(...(await delaysOf(neighbour, millis)))
    recorder.terminate()
    let isOver = false
    const beginners = Promise.all([1, 2].map(() => beginAgain(runtime, () => isOver)))
    begun.push(...(await delaysOf(neighbour, millis)))
    isOver = true
    const begins = (await beginners).reduce((sum, count) => sum + count, 0)
    console.log(`round ${round + 1}: ${begins} recordings of ${historyCount} samples began`)
  }
  clearInterval(texts)
  producer.terminate()
  neighbour.terminate()
  const alone = delayOf(quiet)
  check('texts of 64 KiB, without a recorder', alone, alone)
  check('texts of 64 KiB, with a recorder', delayOf(texted), alone)
  check('recorders that begin again and again', delayOf(begun), alone)
}

interface Delay {
  readonly p50: number
  readonly p99: number
}

/** Judges the one in the middle: on a busy machine, the slowest ones say more about the machine. */
function check(what: string, { p50, p99 }: Delay, alone: Delay): void {
  const ratio = p50 / alone.p50
  console.log(`${what}: ack p50 ${p50.toFixed(2)} ms (×${ratio.toFixed(1)}), p99 ${p99.toFixed(2)} ms`)
  if (ratio > ratioMax) throw new Error(`${what}: more than ${ratioMax} times as long as without`)
}

function delayOf(delays: readonly number[]): Delay {
  const sorted = delays.toSorted((left, right) => left - right)
  return { p50: sorted[sorted.length >> 1]!, p99: sorted[Math.floor(sorted.length * 0.99)]! }
}

let sentCount = 0

/** How long a sample waits for its ack, with one sample after the other. */
async function delaysOf(socket: WebSocket, millis: number): Promise<number[]> {
  const delays: number[] = []
  const until = performance.now() + millis
  while (performance.now() < until) {
    const sentAt = performance.now()
    const acked = once(socket, 'message')
    socket.send(encodeEvents([{ series: 'near', timestamp: sentCount++, value: 1, tags: [] }]))
    await acked
    delays.push(performance.now() - sentAt)
    await new Promise((resolve) => setTimeout(resolve, askMillis))
  }
  return delays
}

/** Begins recordings, each when the last one has its first history, and leaves. @returns how many */
async function beginAgain(runtime: SpawnedRuntime, isOver: () => boolean): Promise<number> {
  let count = 0
  while (!isOver()) {
    const recorder = await open(runtime, '/record?history=2000000000000000', 'slung.record.v1').catch(() => null)
    if (recorder === null) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      continue
    }
    count++
    await once(recorder, 'message')
    recorder.terminate()
  }
  return count
}

async function fill(socket: WebSocket): Promise<void> {
  for (let start = 0; start < historyCount; start += 5000) {
    const events = Array.from({ length: 5000 }, (_, index) => ({
      series: `stored${index % 10}`,
      timestamp: start + index,
      value: index,
      tags: [],
    }))
    const acked = once(socket, 'message')
    socket.send(encodeEvents(events))
    await acked
  }
}

/** @param localAddress - recordings are counted by address */
async function open(
  { url }: SpawnedRuntime,
  path: string,
  protocol: string,
  localAddress = '127.0.0.1',
): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, [protocol], { localAddress })
  socket.on('error', () => {})
  const opened = once(socket, 'open')
  const failed = once(socket, 'close').then(() => {
    throw new Error('the connection was refused')
  })
  failed.catch(() => {})
  await Promise.race([opened, failed])
  return socket
}
