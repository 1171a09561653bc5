/**
 * Kills a runtime again and again while it takes events, and compares what it has afterwards with what it acknowledged.
 *
 * The sender acts like a client: after a restart it resends from the first event that was not acknowledged. Event n has
 * timestamp n and value n, so counts and sums tell which ones are stored.
 */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { encodeEvents } from '../src/staging/wire/event-frame.ts'
import type { SeededRandom } from '../src/testing/seeded-random.ts'
import { spawnRuntime, type SpawnedRuntime } from './spawn-runtime.ts'

export interface KillReport {
  readonly rounds: number
  /** Events acknowledged when the process was killed, summed over all rounds. */
  readonly acknowledged: number
  /** Events that were stored but not acknowledged. */
  readonly surplus: number
}

const seriesCount = 10
const eventsPerFrame = 50
/** Enough that the process is killed with events on their way, in memory and on the disk. */
const unacknowledgedMax = 20_000

export interface KillOptions {
  /** The most events that are acknowledged in a round. */
  readonly eventsMax?: number
  /** Hears of each round when it is over. */
  readonly onRound?: (rounds: number) => void
}

/** @throws {Error} when an acknowledged event is missing, or any event is stored twice */
export async function killRounds(
  directory: string,
  rounds: number,
  random: SeededRandom,
  { eventsMax = 20_000, onRound }: KillOptions = {},
): Promise<KillReport> {
  let acknowledged = 0
  let surplus = 0
  for (let round = 0; round < rounds; round++) {
    const runtime = await spawnRuntime(['--data', directory])
    surplus += (await checkContents(runtime, acknowledged)) - acknowledged
    acknowledged = await sendUntilKilled(runtime, acknowledged, 1 + random.below(eventsMax))
    onRound?.(round + 1)
  }
  const runtime = await spawnRuntime(['--data', directory])
  surplus += (await checkContents(runtime, acknowledged)) - acknowledged
  const code = await runtime.stop()
  if (code !== 0) throw new Error(`the last runtime stopped with code ${code}`)
  return { rounds, acknowledged, surplus }
}

/**
 * Sends from event `first` on, and kills the runtime midway, once some more events are acknowledged.
 *
 * @returns how many events are acknowledged in all
 */
async function sendUntilKilled(runtime: SpawnedRuntime, first: number, more: number): Promise<number> {
  const socket = new WebSocket(runtime.url.replace('http', 'ws'), ['slung.ack.v1'])
  const progress = { acknowledged: first }
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as { ack?: number; error?: string }
    if (message.ack === undefined) throw new Error(message.error)
    progress.acknowledged = first + message.ack
  })
  await once(socket, 'open')
  // The connection breaks when the process is killed.
  socket.on('error', () => {})
  const closed = once(socket, 'close')
  for (let start = first; progress.acknowledged < first + more; start += eventsPerFrame) {
    socket.send(encodeEvents(Array.from({ length: eventsPerFrame }, (_, index) => makeEvent(start + index))))
    // Let the acknowledgements in.
    do await new Promise((resolve) => setImmediate(resolve))
    while (start - progress.acknowledged > unacknowledgedMax)
  }
  await runtime.kill()
  await closed
  return progress.acknowledged
}

/** Checks that every acknowledged event is stored once. @returns how many are stored in all */
async function checkContents(runtime: SpawnedRuntime, acknowledged: number): Promise<number> {
  const names = Array.from({ length: seriesCount }, (_, index) => `s${index}`).join(',')
  if (acknowledged > 0) {
    const range = `[0,${acknowledged - 1}]`
    const count = await ask(runtime, `COUNT:${names}:[]:${range}`)
    const sum = await ask(runtime, `SUM:${names}:[]:${range}`)
    const expectedSum = (acknowledged * (acknowledged - 1)) / 2
    if (count !== acknowledged || sum !== expectedSum) {
      throw new Error(
        `${acknowledged} events with the sum ${expectedSum} were acknowledged; found are ${count} with the sum ${sum}`,
      )
    }
  }
  return (await ask(runtime, `COUNT:${names}:[]`)) ?? 0
}

export async function ask(runtime: SpawnedRuntime, query: string): Promise<number | null> {
  const response = await fetch(`${runtime.url}/query?q=${encodeURIComponent(query)}`)
  const { value, error } = (await response.json()) as { value?: number | null; error?: string }
  if (value === undefined) throw new Error(`slung: ${error}`)
  return value
}

function makeEvent(index: number) {
  return { series: `s${index % seriesCount}`, timestamp: index, value: index, tags: ['site=lab'] }
}
