import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { VirtualTime } from '../../../test/virtual-time.ts'
import { Arrivals } from '../../engine/arrival/arrivals.ts'
import { MemoryStore } from '../../engine/store/memory-store.ts'
import { runtimeDefaults } from '../config/defaults.ts'
import { Intake } from '../intake.ts'
import { Observers } from '../observe/observers.ts'
import { Connections } from './connections.ts'

const mebibyte = 2 ** 20

test('when memory becomes short, connections for which much waits are closed, and others stay', async () => {
  const time = new VirtualTime(0)
  const store = new MemoryStore()
  const arrivals = new Arrivals({ store, now: () => time.now() })
  const cutOff: number[] = []
  const observers = new Observers([{ cutOff: (producer: number) => cutOff.push(producer) }])
  const { limits } = runtimeDefaults
  const intake = new Intake({ arrivals, store, limits, clock: time, timers: time, observers, offer: () => {} })
  const connections = new Connections({ intake, limits, timers: time, observers })
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())))
  server.on('connection', (socket) => connections.open(socket))
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const clients: WebSocket[] = []
  for (let number = 1; number <= 3; number++) {
    const client = new WebSocket(`ws://127.0.0.1:${port}`)
    onTestFinished(() => client.terminate())
    await once(client, 'open')
    await vi.waitFor(() => expect(connections.openCount).toBe(number))
    // Two of them do not read.
    if (number < 3) client.pause()
    clients.push(client)
  }
  for (const producer of [1, 2])
    for (let text = 0; text < 7; text++) connections.sendText(producer, 'x'.repeat(mebibyte), 1)
  expect(connections.openCount).toBe(3)
  connections.setShortOfMemory(true)
  await vi.waitFor(() => expect(connections.openCount).toBe(1))
  expect(cutOff).toEqual([1, 2])
  const heard = once(clients[2]!, 'message')
  connections.sendText(3, 'still here', 1)
  expect(String((await heard)[0])).toBe('still here')
})
