/** Sends events to a runtime until its disk is full, and checks what it has once there is room again. */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { encodeEvents } from '../src/staging/wire/event-frame.ts'
import { ask } from './kill-rounds.ts'
import { spawnRuntime } from './spawn-runtime.ts'

export interface FullDiskReport {
  /** What /health said while the disk was full. */
  readonly health: unknown
  /** Events acknowledged before. */
  readonly acknowledged: number
  /** How many of those are stored afterwards. */
  readonly found: number
}

const eventsPerFrame = 2000

/** @param fileBytesMax - the size of the disk */
export async function fillDisk(directory: string, fileBytesMax: number): Promise<FullDiskReport> {
  const runtime = await spawnRuntime(['--data', directory], { fileBytesMax })
  const socket = new WebSocket(runtime.url.replace('http', 'ws'), ['slung.ack.v1'])
  let acknowledged = 0
  socket.on('message', (data: Buffer) => {
    acknowledged = (JSON.parse(data.toString()) as { ack: number }).ack
  })
  socket.on('error', () => {})
  await once(socket, 'open')
  let sent = 0
  let health: { status?: string } = {}
  while (health.status !== 'failing') {
    // Random bits do not compress, so the disk fills up soon.
    const events = Array.from({ length: eventsPerFrame }, (_, index) => ({
      series: 'noise',
      timestamp: sent + index,
      value: Math.random(),
    }))
    socket.send(encodeEvents(events))
    sent += eventsPerFrame
    health = (await (await fetch(`${runtime.url}/health`)).json()) as { status?: string }
  }
  await runtime.kill()
  const again = await spawnRuntime(['--data', directory])
  const found = (await ask(again, `COUNT:noise:[]:[0,${acknowledged - 1}]`)) ?? 0
  await again.stop()
  return { health, acknowledged, found }
}
