/** Three workflows in a real process, one of which waits for a server before it subscribes. */
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { connect } from '../src/client/connect.ts'
import { encodeEvents } from '../src/staging/wire/event-frame.ts'
import { ackProtocol } from '../src/staging/wire/server-message.ts'
import { spawnRuntime } from './spawn-runtime.ts'
import { writeGuest } from './write-guest.ts'

const waitFor = <Value>(check: () => Value): Promise<Value> => vi.waitFor(check, { timeout: 60_000, interval: 20 })

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slung-slow-start-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Three workflows, of which `slow` waits until the test answers its request. */
async function startSlowly() {
  const held: ServerResponse[] = []
  const server = createServer((_, response) => held.push(response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const slow = await writeGuest(folder, 'slow-start', 'slow', port)
  const quick = await Promise.all(['one', 'two'].map((name) => writeGuest(folder, 'echo-events', name)))
  const config = join(folder, 'slung.toml')
  // The server answers when the test says so, however long that takes on a busy machine.
  await writeFile(config, `[http]\nallow = ["127.0.0.1:${port}"]\ntimeout = "10m"\n`)
  const runtime = await spawnRuntime([...quick, slow, '--config', config])
  await waitFor(() => expect(runtime.output()).toContain('it takes long to subscribe'))
  await waitFor(() => expect(held).toHaveLength(1))
  return { runtime, server, answer: () => void held[0]!.end('ok') }
}

test('samples wait for a workflow that starts slowly, every probe says so, and it misses none', async () => {
  const { runtime, server, answer } = await startSlowly()
  try {
    const ask = async (path: string, options: RequestInit = {}) => {
      const response = await fetch(`${runtime.url}${path}`, options)
      return { status: response.status, retryAfter: response.headers.get('retry-after'), text: await response.text() }
    }
    const post = () =>
      ask('/events', { method: 'POST', headers: ndjson, body: '{"series":"temp","value":1,"timestamp":1}\n' })
    const delivered = async () =>
      (JSON.parse((await ask('/workflows')).text) as { workflows: { delivered: number }[] }).workflows.map(
        (workflow) => workflow.delivered,
      )

    const starting = { status: 503, retryAfter: '5', text: '{"status":"starting","waitingFor":["slow"]}\n' }
    expect(await ask('/ready')).toEqual(starting)
    expect(await ask('/health')).toEqual({ ...starting, status: 200, retryAfter: null })
    const stranger = await ask('/health', { headers: { origin: 'https://evil.example' } })
    expect(stranger).toMatchObject({ status: 200, text: '{"status":"starting"}\n' })
    expect((await ask('/metrics')).text).toContain('slung_workflows_starting 1\n')

    const client = await connect(runtime.url.replace('http', 'ws'))
    for (let timestamp = 10; timestamp < 110; timestamp++) client.send({ series: 'temp', timestamp, value: 1 })
    await client.close()
    expect((await post()).status).toBe(200)
    await vi.waitFor(async () => expect(await delivered()).toEqual([101, 101, 0]), { timeout: 60_000 })

    answer()
    await vi.waitFor(async () => expect(await delivered()).toEqual([101, 101, 101]), { timeout: 60_000 })
    expect(await ask('/ready')).toMatchObject({ status: 200, text: '{"status":"ok"}\n' })
    expect(await ask('/health')).toMatchObject({ status: 200, text: '{"status":"ok"}\n' })
    expect((await ask('/metrics')).text).toContain('slung_workflows_starting 0\n')
  } finally {
    await runtime.stop()
    server.close()
  }
})

test('a runtime that is stopped while a workflow starts acknowledges what it has taken, and stops in order', async () => {
  const { runtime, server } = await startSlowly()
  const socket = new WebSocket(runtime.url.replace('http', 'ws'), ackProtocol)
  await once(socket, 'open')
  const received: string[] = []
  socket.on('message', (data: Buffer) => received.push(data.toString()))
  socket.send(encodeEvents([{ series: 'temp', timestamp: 1, value: 1 }]))
  await waitFor(() => expect(received[0]).toBe('{"ack":1}'))
  const closed = once(socket, 'close')
  expect(await runtime.stop()).toBe(0)
  await closed
  expect(runtime.output()).toContain('stopped')
  server.closeAllConnections()
  server.close()
})

const ndjson = { 'content-type': 'application/x-ndjson' }
