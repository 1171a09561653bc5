/**
 * What one workflow can make `slung run` hold: `windows [stored samples]`.
 *
 * Workflows that open every handle over one long window, that open windows of all widths, and that keep exceptions, each
 * over the same store. Prints the most memory that the process had for itself, and fails when it ends or stops
 * answering.
 */
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { encodeEvents } from '../../src/staging/wire/event-frame.ts'
import { compileGuest } from '../../test/compile-guest.ts'
import { spawnRuntime, type SpawnedRuntime } from '../../test/spawn-runtime.ts'
import { hoarder } from '../starving-guests.ts'

const eventsPerFrame = 1000

export async function soak([samples = '200000']: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'slung-soak-'))
  try {
    const data = join(folder, 'data')
    const store = await spawnRuntime(['--data', data])
    await send(store, 'temp', Number(samples))
    await store.stop()
    const files = await compileGuest('equal-windows')
    await attack(folder, data, 'equal-windows', files.get('equal-windows.wasm')!, /\d+ windows/)
    const others = await compileGuest('fill-windows')
    await attack(folder, data, 'fill-windows', others.get('fill-windows.wasm')!, /\d+ windows; /)
    await attack(folder, data, 'exceptions', hoarder(), /trapped: .*? MiB/)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** @param done - what the log says when the worst is over */
async function attack(folder: string, data: string, name: string, module: Uint8Array, done: RegExp): Promise<void> {
  const file = join(folder, `${name}.wasm`)
  await writeFile(file, module)
  const runtime = await spawnRuntime([file, '--data', data])
  try {
    await send(runtime, 'go', 1)
    const [highest, said] = await watch(runtime, name, done)
    const { status } = await fetch(`${runtime.url}/health`)
    console.log(`${name}: at most ${highest} MiB, /health ${status}; ${said}`)
  } finally {
    await runtime.kill()
  }
}

/** @returns the most memory of its own that the runtime had, in MiB, and what the log said */
async function watch(runtime: SpawnedRuntime, name: string, done: RegExp): Promise<[number, string]> {
  let highest = 0
  let said: string | undefined
  const deadline = performance.now() + 60_000
  while (said === undefined) {
    if (runtime.process.exitCode !== null || runtime.process.signalCode !== null) {
      throw new Error(`${name} ended the runtime:\n${runtime.output().slice(-2000)}`)
    }
    if (performance.now() > deadline) throw new Error(`${name}: nothing in the log after 60 s`)
    highest = Math.max(highest, await ownMebibytes(runtime.process.pid!))
    said = done.exec(runtime.output())?.[0]
    await sleep(50)
  }
  return [highest, said]
}

async function send({ url }: SpawnedRuntime, series: string, count: number): Promise<void> {
  const socket = new WebSocket(url.replace('http', 'ws'), 'slung.ack.v1')
  await once(socket, 'open')
  const acknowledged = new Promise<void>((resolve) => {
    socket.on('message', (text: Buffer) => text.toString() === `{"ack":${count}}` && resolve())
  })
  for (let first = 1; first <= count; first += eventsPerFrame) {
    const length = Math.min(eventsPerFrame, count + 1 - first)
    const events = Array.from({ length }, (_, index) => ({
      series,
      timestamp: (first + index) * 1_000_000,
      value: index,
    }))
    socket.send(encodeEvents(events))
  }
  await acknowledged
  socket.close()
  await once(socket, 'close')
}

async function ownMebibytes(processId: number): Promise<number> {
  const status = await readFile(`/proc/${processId}/status`, 'latin1')
  return Math.round(Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024)
}
