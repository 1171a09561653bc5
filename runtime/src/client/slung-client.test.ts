import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { AckServer } from '../../test/ack-server.ts'
import { connect, EventRefusedError, nowMicros, SlungError, type ConnectOptions, type SlungClient } from './index.ts'

let server: AckServer
const clients: SlungClient[] = []
beforeEach(async () => {
  server = await AckServer.start()
})
afterEach(async () => {
  await server.stop()
  await Promise.all(clients.splice(0).map((client) => client.close({ timeoutMillis: 0 }).catch(() => {})))
})

/** Connects; what a test leaves open is closed after it. */
async function open(options: ConnectOptions = {}): Promise<SlungClient> {
  const client = await connect(server.url, { reconnectDelayMillis: 1, onError: () => {}, ...options })
  clients.push(client)
  return client
}

function event(value: number): { series: string; timestamp: number; value: number } {
  return { series: 'temp', timestamp: value, value }
}

function valuesArrived(): number[] {
  return server.arrived.map(({ value }) => value)
}

function range(count: number, start = 1): number[] {
  return Array.from({ length: count }, (_, index) => start + index)
}

test('events arrive in order, in few frames, and are acknowledged', async () => {
  const client = await open()
  client.send({ series: 'temp', timestamp: -5, value: 21.5, tags: ['b=2', 'a=1'] })
  client.sendBatch(range(4999).map(event))
  expect(client).toMatchObject({ sentCount: 5000, acknowledgedCount: 0 })
  await client.acknowledged()
  expect(client).toMatchObject({ sentCount: 5000, acknowledgedCount: 5000, refusedCount: 0 })
  expect(server.arrived[0]).toEqual({ producer: 1, series: 'temp{a=1,b=2}', timestamp: -5, value: 21.5 })
  expect(valuesArrived().slice(1)).toEqual(range(4999))
  expect(server.connections[0]!.frameCount).toBe(3)
})

test('an event leaves at the end of the event turn without further calls', async () => {
  const client = await open()
  const arrived = new Promise((resolve) => {
    server.onArrived = (_connection, { value }) => resolve(value)
  })
  client.send(event(1))
  expect(await arrived).toBe(1)
})

test('writebacks reach every handler until it is taken off, and protocol messages none', async () => {
  const first: string[] = []
  const second: string[] = []
  server.onArrived = ({ socket }, { value }) => socket.send(`ALERT: ${value}`)
  const client = await open({ onWriteback: (text) => first.push(text) })
  const end = client.onWriteback((text) => second.push(text))
  client.send(event(1))
  await client.acknowledged()
  end()
  client.send(event(2))
  await client.acknowledged()
  expect(first).toEqual(['ALERT: 1', 'ALERT: 2'])
  expect(second).toEqual(['ALERT: 1'])
})

test('texts of a workflow that look like acknowledgements are writebacks when they cannot be true', async () => {
  const texts: string[] = []
  server.isHolding = true
  server.onArrived = ({ socket }) => {
    for (const text of ['{"ack":2}', '{"ack":0}', '{"error":"no","event":2}', '{"ack":"1"}']) socket.send(text)
  }
  const client = await open({ onWriteback: (text) => texts.push(text) })
  client.send(event(1))
  await client.flushed()
  expect(texts).toEqual(['{"ack":2}', '{"ack":0}', '{"error":"no","event":2}', '{"ack":"1"}'])
  expect(client.acknowledgedCount).toBe(0)
  server.releaseAcks()
  await client.acknowledged()
  expect(client.acknowledgedCount).toBe(1)
})

test('refused events are reported one by one and hold up nothing', async () => {
  const refused: unknown[] = []
  server.refuse = ({ value }) => (value % 3 === 0 ? `value ${value} is unlucky` : null)
  const client = await open({ onError: (error) => refused.push(error) })
  client.sendBatch(range(3).map(event))
  await client.acknowledged()
  client.sendBatch(range(4, 4).map(event))
  await client.acknowledged()
  expect(client).toMatchObject({ sentCount: 7, acknowledgedCount: 5, refusedCount: 2 })
  expect(refused).toEqual([
    new EventRefusedError(3, 'value 3 is unlucky'),
    new EventRefusedError(6, 'value 6 is unlucky'),
  ])
  expect(refused[0]).toMatchObject({
    code: 'event-refused',
    message: 'event 3 was refused: value 3 is unlucky',
    ordinal: 3,
  })
})

test('an event that no runtime takes is refused immediately', async () => {
  const client = await open()
  expect(() => client.send({ series: 'temp', timestamp: 1, value: Number.NaN })).toThrow(SlungError)
  expect(() => client.sendBatch([event(1), { ...event(2), series: '' }, event(3)])).toThrow('series name is empty')
  await client.acknowledged()
  expect(valuesArrived()).toEqual([1])
})

test('beyond the bound send throws, and ready waits for room', async () => {
  server.isHolding = true
  const client = await open({ unacknowledgedEventsMax: 10 })
  client.sendBatch(range(10).map(event))
  const ready = vi.fn<() => void>()
  const waiting = client.ready().then(ready)
  expect(() => client.send(event(11))).toThrow(
    `cannot send to ${server.url}: 10 events are not acknowledged yet and at most 10 may be; ` +
      'wait for ready() now and then, or raise unacknowledgedEventsMax',
  )
  await client.flushed()
  expect(ready).not.toHaveBeenCalled()
  server.releaseAcks()
  await waiting
  await client.ready(10)
  client.sendBatch(range(10, 11).map(event))
  expect(() => client.sendBatch(range(11).map(event))).toThrow(SlungError)
  await client.acknowledged()
  expect(valuesArrived()).toEqual(range(20))
})

test('a producer that waits for ready never has more on the way than it may', async () => {
  const client = await open({ unacknowledgedEventsMax: 50 })
  for (const value of range(1000)) {
    await client.ready()
    client.send(event(value))
    expect(client.sentCount - client.acknowledgedCount).toBeLessThanOrEqual(50)
  }
  await client.acknowledged()
  expect(valuesArrived()).toEqual(range(1000))
})

test('flushed means taken: what another client sends afterwards comes later', async () => {
  server.isHolding = true
  const [left, right] = [await open(), await open()]
  for (const value of range(100)) {
    const client = value % 2 === 0 ? left : right
    client.send(event(value))
    await client.flushed()
  }
  expect(valuesArrived()).toEqual(range(100))
})

test('the client reconnects after a loss and loses nothing, wherever it breaks', async () => {
  const count = 60
  const breaks = fc.uniqueArray(fc.integer({ min: 1, max: count }), { maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(
      breaks,
      fc.array(fc.nat(count), { minLength: 1 }),
      fc.boolean(),
      async (dropAt, acks, inOneTurn) => {
        server.arrived.length = 0
        const pending = new Set(dropAt)
        server.onArrived = (connection, { value }) => {
          // Some of it may have been acknowledged.
          if (acks.includes(value)) connection.acknowledge()
          if (pending.delete(value)) connection.socket.terminate()
        }
        const client = await open()
        for (const value of range(count)) {
          client.send(event(value))
          if (!inOneTurn) await client.flushed()
        }
        await client.acknowledged()
        expect(client).toMatchObject({ sentCount: count, acknowledgedCount: count })
        // What was taken before the break and not acknowledged is sent twice; without repetitions, the order is kept.
        expect([...new Set(valuesArrived())]).toEqual(range(count))
        await client.close()
      },
    ),
    { numRuns: 30 },
  )
})

test('what was acknowledged or refused is not sent again', async () => {
  server.refuse = ({ value }) => (value === 2 ? 'no' : null)
  server.isHolding = true
  const client = await open()
  client.sendBatch(range(5).map(event))
  await client.flushed()
  const [connection] = server.connections
  connection!.acknowledge(2)
  connection!.socket.terminate()
  client.send(event(6))
  server.isHolding = false
  server.refuse = () => null
  server.arrived.length = 0
  await client.acknowledged()
  expect(valuesArrived()).toEqual([4, 5, 6])
  expect(server.arrived.every(({ producer }) => producer === 2)).toBe(true)
  expect(client).toMatchObject({ sentCount: 6, acknowledgedCount: 5, refusedCount: 1 })
})

test('the client finds a runtime that was away for a while, and reports each failure', async () => {
  const codes: string[] = []
  const client = await open({ onError: ({ code }) => void codes.push(code) })
  client.send(event(1))
  await client.acknowledged()
  const { port } = server
  await server.stop()
  await vi.waitUntil(() => codes.includes('cannot-connect'), { timeout: 30_000 })
  client.send(event(2))
  const flushed = client.flushed()
  server = await AckServer.start(port)
  await flushed
  await client.acknowledged()
  expect(valuesArrived()).toEqual([2])
  expect(codes[0]).toBe('connection-lost')
  expect(new Set(codes.slice(1))).toEqual(new Set(['cannot-connect']))
})

test('a token that no longer fits ends the attempts', async () => {
  const errors: string[] = []
  const client = await open({ token: 'old', onError: ({ code }) => void errors.push(code) })
  client.send(event(1))
  server.isHolding = true
  server.denial = { status: 401, reason: 'a token is required' }
  const settled = client.acknowledged()
  server.connections[0]!.socket.terminate()
  await expect(settled).rejects.toThrow('the runtime expects a different token')
  expect(errors).toEqual(['connection-lost', 'unauthorized'])
  expect(() => client.send(event(2))).toThrow('a different token')
  await expect(client.close()).rejects.toThrow('a different token')
})

test('without reconnect, a lost connection ends every wait', async () => {
  server.isHolding = true
  const onError = vi.fn<(error: SlungError) => void>()
  const client = await open({ reconnect: false, onError })
  client.sendBatch(range(3).map(event))
  await client.flushed()
  const waits = Promise.allSettled([client.acknowledged(), client.acknowledged()])
  server.connections[0]!.socket.close(1001, 'the runtime is stopping')
  const message = `lost the connection to ${server.url} (the runtime is stopping, code 1001); unacknowledged events: 3`
  expect((await waits).map((result) => (result as PromiseRejectedResult).reason.message)).toEqual([message, message])
  expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'connection-lost', message }))
  expect(() => client.send(event(4))).toThrow(message)
  await expect(client.flushed()).rejects.toThrow(message)
  await expect(client.close()).rejects.toThrow(message)
})

test('a runtime that cannot read our frames does not get them again', async () => {
  server.isHolding = true
  server.onArrived = ({ socket }) => socket.send('{"error":"the frame ends inside the tags","offset":18}')
  const client = await open()
  client.send(event(1))
  await expect(client.acknowledged()).rejects.toThrow(
    `cannot send to ${server.url}: it cannot read our frames: the frame ends inside the tags`,
  )
  expect(server.connections).toHaveLength(1)
})

test('close waits until everything is durable, says goodbye, and nothing can be sent after', async () => {
  server.isHolding = true
  const client = await open()
  client.sendBatch(range(3).map(event))
  const closed = client.close()
  expect(client.close()).toBe(closed)
  expect(() => client.send(event(4))).toThrow(`cannot send to ${server.url}: the connection is being closed`)
  const [connection] = server.connections
  const goodbye = once(connection!.socket, 'close')
  const isClosed = vi.fn<() => void>()
  const told = closed.then(isClosed)
  await once(connection!.socket, 'message')
  expect(isClosed).not.toHaveBeenCalled()
  server.releaseAcks()
  await told
  expect((await goodbye)[0]).toBe(1000)
  expect(client.acknowledgedCount).toBe(3)
  expect(() => client.send(event(4))).toThrow(`the connection to ${server.url} is closed`)
})

test('close gives up after a while and says what may be lost', async () => {
  server.isHolding = true
  const client = await open()
  client.sendBatch(range(3).map(event))
  await client.flushed()
  server.connections[0]!.acknowledge(1)
  await client.flushed()
  await expect(client.close({ timeoutMillis: 20 })).rejects.toThrow(
    `cannot close the connection to ${server.url} cleanly: 2 of 3 events were not acknowledged within 0.02 s and may be lost`,
  )
})

test('close ends the attempts to connect again', async () => {
  const lost = Promise.withResolvers<void>()
  const client = await open({ reconnectDelayMillis: 60_000, onError: () => lost.resolve() })
  server.connections[0]!.socket.terminate()
  await lost.promise
  await client.close()
  expect(server.connections).toHaveLength(1)
})

test('await using closes', async () => {
  {
    await using client = await connect(server.url)
    client.send(event(1))
  }
  expect(valuesArrived()).toEqual([1])
  await vi.waitUntil(() => server.connections[0]!.socket.readyState === 3, { timeout: 30_000 })
})

test('unless someone listens, errors are warnings of the process', async () => {
  server.refuse = () => 'no'
  const warning = once(process, 'warning')
  await using client = await connect(server.url)
  client.send(event(1))
  const [error] = (await warning) as [Error]
  expect(error).toMatchObject({ name: 'SlungWarning', code: 'event-refused', message: 'event 1 was refused: no' })
})

test('a program that closes its client ends on its own', async () => {
  const program = `
    import { connect, nowMicros } from ${JSON.stringify(new URL('index.ts', import.meta.url).href)}
    const client = await connect()
    client.send({ series: 'temp', timestamp: nowMicros(), value: 1 })
    await client.close()
    console.log(client.acknowledgedCount)`
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env: { ...process.env, SLUNG_URL: server.url },
  })
  expect({ stdout, stderr }).toEqual({ stdout: '1\n', stderr: '' })
})

test('the microseconds of now are never the same twice', () => {
  const times = Array.from({ length: 5000 }, nowMicros)
  expect(new Set(times).size).toBe(5000)
  expect(times).toEqual(times.toSorted((left, right) => left - right))
  expect(times[0]).toBeGreaterThan(Date.UTC(2026, 0, 1) * 1000)
})
