/**
 * A client sends series of the longest labels, new ones without end: others are acknowledged meanwhile, the memory stays
 * within bounds, and the store opens again.
 *
 * `npm run soak -- series [count]`, 3,000 series by default: more than fit into `labels`. They differ only in the end of
 * their last tag, as those of a sender who wants lookups to be slow. Then the process is killed and started again.
 */
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { encodeEvents } from '../../src/staging/wire/event-frame.ts'
import { spawnRuntime, type SpawnedRuntime } from '../../test/spawn-runtime.ts'

const residentMiBMax = 1024

export async function soak([count = '3000']: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'slung-soak-'))
  try {
    const runtime = await spawnRuntime(['--data', folder])
    const quiet = await acksOf(runtime.url, sleep(2000))
    let refusedCount = 0
    const flooding = flood(runtime.url, Number(count)).then((refused) => (refusedCount = refused))
    const busy = await acksOf(runtime.url, flooding)
    console.log(`acks of another client: ${describe(quiet)} before, ${describe(busy)} during ${count} long series`)
    console.log(`refused: ${refusedCount}; most memory: ${await residentMiB(runtime)} MiB`)
    expect(refusedCount > 0, 'not one series was refused')
    expect((await residentMiB(runtime)) < residentMiBMax, `the process took more than ${residentMiBMax} MiB`)
    await runtime.kill()
    const startedAt = performance.now()
    const again = await spawnRuntime(['--data', folder])
    console.log(`start on that store: ${Math.round(performance.now() - startedAt)} ms, ${await residentMiB(again)} MiB`)
    await again.stop()
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Sends the series twice, the second time as known ones. @returns how many events were refused */
async function flood(url: string, count: number): Promise<number> {
  const socket = new WebSocket(url.replace('http', 'ws'), ['slung.ack.v1'])
  await once(socket, 'open')
  const answered = { taken: 0, refused: 0 }
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as { ack?: number; error?: string }
    if (message.error === undefined) answered.taken = message.ack ?? 0
    else answered.refused++
  })
  const shared = Array.from({ length: 63 }, (_, index) => `${index}=${'x'.repeat(1000)}`)
  for (let index = 0; index < 2 * count; index++) {
    const tags = [...shared, `z=${String(index % count).padStart(1000, 'x')}`]
    socket.send(encodeEvents([{ series: 'flood', timestamp: index, value: 1, tags }]))
    // As fast as it is answered.
    while (answered.taken + answered.refused < index - 50) await sleep(1)
  }
  while (answered.taken + answered.refused < 2 * count) await sleep(10)
  socket.terminate()
  return answered.refused
}

/** Sends an event after each acknowledgement. @returns how long each took, in ms, ascending */
async function acksOf(url: string, until: Promise<unknown>): Promise<number[]> {
  const socket = new WebSocket(url.replace('http', 'ws'), ['slung.ack.v1'])
  await once(socket, 'open')
  const millis: number[] = []
  const progress = { isOver: false }
  void until.then(() => (progress.isOver = true))
  for (let timestamp = 0; !progress.isOver; timestamp++) {
    const sentAt = performance.now()
    socket.send(encodeEvents([{ series: 'quiet', timestamp, value: 1 }]))
    await once(socket, 'message')
    millis.push(performance.now() - sentAt)
    await sleep(5)
  }
  await until
  socket.terminate()
  return millis.sort((left, right) => left - right)
}

function describe(millis: readonly number[]): string {
  return `p50 ${millis[millis.length >> 1]!.toFixed(1)} ms, max ${millis.at(-1)!.toFixed(0)} ms`
}

/** The most that the process has taken so far. */
async function residentMiB({ process }: SpawnedRuntime): Promise<number> {
  const status = await readFile(`/proc/${process.pid}/status`, 'utf8')
  return Math.round(Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024)
}

function expect(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise)
}
