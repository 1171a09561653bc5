/** The runtime as its clients see it: real sockets, real HTTP, a store in memory. */
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { connect as connectTcp } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { runtimeDefaults } from '../src/staging/config/defaults.ts'
import { encodeEvents } from '../src/staging/wire/event-frame.ts'
import { startTestRuntime, type TestRuntime } from './runtime-fixture.ts'

const waitFor = <Value>(check: () => Value): Promise<Value> => vi.waitFor(check, { timeout: 30_000, interval: 5 })
const limits = runtimeDefaults.limits

const event = (timestamp: number, value: number, series = 'temp') => ({ series, timestamp, value, tags: ['sensor=1'] })

async function valueOf({ request }: TestRuntime, query: string): Promise<unknown> {
  return ((await request(`/query?q=${encodeURIComponent(query)}`)).body as { value: unknown }).value
}

test('frames with one event and with many are stored, and a query answers over them', async () => {
  await using runtime = await startTestRuntime()
  const { socket } = await runtime.connect()
  socket.send(encodeEvents([event(1, 10)]))
  socket.send(encodeEvents([event(2, 20), event(3, 60)]))

  await waitFor(async () => expect(await valueOf(runtime, 'COUNT:temp:[]')).toBe(3))
  expect(await runtime.request('/query?q=AVG:temp:[sensor=1]')).toEqual({
    status: 200,
    body: { query: 'AVG:temp:[sensor=1]', value: 30 },
  })
  expect(await valueOf(runtime, 'MAX:nothing:[]')).toBeNull()
  expect(await valueOf(runtime, 'SUM:nothing:[]')).toBe(0)
})

test('a query with groups is answered with a row for each', async () => {
  await using runtime = await startTestRuntime()
  const { socket } = await runtime.connect()
  const rooms = [['room=b', 'floor=1'], ['room=a', 'floor=2'], ['room=b', 'floor=1', 'window'], []]
  socket.send(encodeEvents(rooms.map((tags, index) => ({ ...event(index, index + 1, 'co2'), tags }))))

  await waitFor(async () => expect(await valueOf(runtime, 'COUNT:co2:[]')).toBe(4))
  expect(await runtime.request('/query?q=SUM:co2:[room=*]')).toEqual({
    status: 200,
    body: {
      query: 'SUM:co2:[room=*]',
      groups: [
        { tags: ['room=a'], value: 2 },
        { tags: ['room=b'], value: 4 },
      ],
    },
  })
  expect(await runtime.request('/query?q=MAX:co2:[floor=*,room=*]:[2,9]')).toMatchObject({
    body: { groups: [{ tags: ['floor=1', 'room=b'], value: 3 }] },
  })
  expect(await runtime.request('/query?q=MAX:co2:[site=*]')).toMatchObject({ status: 200, body: { groups: [] } })
  expect(await runtime.request('/query?q=MAX:co2:[NOT%20room=*]')).toMatchObject({
    status: 400,
    body: { offset: 13, error: expect.stringContaining('found room=* under NOT') },
  })
})

test('acknowledgements count what is durable, for clients that ask for them', async () => {
  await using runtime = await startTestRuntime()
  const { socket, received } = await runtime.connect({ protocol: 'slung.ack.v1' })
  expect(socket.protocol).toBe('slung.ack.v1')
  for (let timestamp = 1; timestamp <= 100; timestamp++) socket.send(encodeEvents([event(timestamp, 1)]))
  await waitFor(() => expect(received.at(-1)).toBe('{"ack":100}'))
  const acks = received.map((text) => (JSON.parse(text) as { ack: number }).ack)
  expect(acks).toEqual([...acks].sort((left, right) => left - right))

  const plain = await runtime.connect()
  plain.socket.send(encodeEvents([event(1000, 1)]))
  await waitFor(async () => expect(await valueOf(runtime, 'COUNT:temp:[]')).toBe(101))
  expect(plain.received).toEqual([])
})

test('a bad frame is answered with where it is bad, what came before it is kept, and the connection stays open', async () => {
  await using runtime = await startTestRuntime()
  const { socket, received } = await runtime.connect({ protocol: 'slung.ack.v1' })
  const two = encodeEvents([event(1, 1), event(2, 2)])
  const firstLength = encodeEvents([event(1, 1)]).length
  socket.send(two.subarray(0, two.length - 1))
  await waitFor(() => expect(received).toHaveLength(2))
  expect(JSON.parse(received[0]!)).toMatchObject({ error: expect.any(String), offset: expect.any(Number) })
  expect((JSON.parse(received[0]!) as { offset: number }).offset).toBeGreaterThanOrEqual(firstLength)
  expect(received[1]).toBe('{"ack":1}')

  socket.send('hello')
  await waitFor(() => expect(received[2]).toContain('binary frames'))
  socket.send(encodeEvents([event(3, 3)]))
  await waitFor(() => expect(received[3]).toBe('{"ack":2}'))
})

test('an event that is refused is named by its number, and the others count', async () => {
  await using runtime = await startTestRuntime({ limits: { ...limits, seriesMax: 1 } })
  const { socket, received } = await runtime.connect({ protocol: 'slung.ack.v1' })
  const farFuture = Date.now() * 1000 + 400 * 86_400_000_000
  socket.send(encodeEvents([event(1, 1)]))
  socket.send(encodeEvents([event(2, 2), event(farFuture, 3), event(4, 4, 'load'), event(5, 5)]))

  await waitFor(() => expect(received.at(-1)).toBe('{"ack":3}'))
  const refusals = received
    .map((text) => JSON.parse(text) as { error?: string; event?: number })
    .filter((text) => text.error)
  expect(refusals).toEqual([
    { event: 3, error: expect.stringContaining('further in the future') },
    { event: 4, error: expect.stringContaining('cannot add the series load{sensor=1}: there are already 1') },
  ])
})

test('bodies in three formats, compressed or not, are stored before they are answered', async () => {
  await using runtime = await startTestRuntime()
  const post = (type: string, body: string | Uint8Array<ArrayBuffer>, headers = {}) =>
    runtime.request('/events', { method: 'POST', body, headers: { 'content-type': type, ...headers } })

  expect(
    await post('application/x-ndjson', '{"series":"a","timestamp":1,"value":1}\n{"series":"a","value":"x"}\n'),
  ).toEqual({
    status: 200,
    body: { accepted: 1, rejected: 1, errors: [{ line: 2, reason: expect.any(String) }] },
  })
  expect(await post('text/csv', 'timestamp,series,value,sensor\n1,b,2,1\n2,b,3,1\n')).toMatchObject({
    status: 200,
    body: { accepted: 2, rejected: 0 },
  })
  const lines = new Uint8Array(gzipSync('c,sensor=1 value=4 1000\nc,sensor=1 value=5 2000\n'))
  expect(await post('text/plain', lines, { 'content-encoding': 'gzip' })).toMatchObject({
    status: 200,
    body: { accepted: 2 },
  })
  expect(await valueOf(runtime, 'SUM:a,b,c:[]')).toBe(15)

  expect(await post('application/xml', '<a/>')).toMatchObject({ status: 415 })
  expect(await post('text/csv', 'x', { 'content-encoding': 'br' })).toMatchObject({ status: 415 })
  expect(await post('text/plain', 'no line of it is right\n')).toMatchObject({
    status: 400,
    body: { accepted: 0, rejected: 1 },
  })
  expect(await post('text/plain', new Uint8Array([1, 2, 3]), { 'content-encoding': 'gzip' })).toMatchObject({
    status: 400,
  })
})

test('a body beyond the limit is refused while it comes in, compressed or not', async () => {
  await using runtime = await startTestRuntime({ limits: { ...limits, bodyBytesMax: 10_000 } })
  const bomb = new Uint8Array(gzipSync(Buffer.alloc(1_000_000, '\n')))
  const answer = await runtime.request('/events', {
    method: 'POST',
    body: bomb,
    headers: { 'content-type': 'text/plain', 'content-encoding': 'gzip' },
  })
  expect(answer).toMatchObject({ status: 413, body: { error: expect.stringContaining('10000 bytes') } })
})

test('every route says what it is for, and wrong requests what is right', async () => {
  await using runtime = await startTestRuntime()
  expect(await runtime.request('/health')).toEqual({ status: 200, body: { status: 'ok' } })
  expect(await runtime.request('/ready')).toEqual({ status: 200, body: { status: 'ok' } })
  expect(await runtime.request('/workflows')).toEqual({ status: 200, body: { workflows: [] } })
  expect(await runtime.request('/', { method: 'POST' })).toMatchObject({
    status: 400,
    body: { error: expect.stringContaining('WebSocket') },
  })
  const root = await runtime.request('/')
  expect(root).toMatchObject({ status: 200, body: expect.stringContaining('Slung runtime') })
  for (const path of ['/events', '/query', '/workflows', '/health', '/ready', '/metrics', '/record']) {
    expect(root.body).toContain(` ${path}`)
  }
  expect(await runtime.request('/nothing')).toMatchObject({
    status: 404,
    body: { error: expect.stringContaining('/health') },
  })
  expect(await runtime.request('/events')).toMatchObject({ status: 405 })
  expect(await runtime.request('/query')).toMatchObject({ status: 400, body: { error: expect.stringContaining('q=') } })
  expect(await runtime.request('/query?q=AVG:temp')).toMatchObject({
    status: 400,
    body: { error: expect.stringContaining('AVG:temp:[]'), offset: 8 },
  })
  expect(await runtime.request('/constructor')).toMatchObject({ status: 404 })
})

test('the metrics page follows what happens', async () => {
  await using runtime = await startTestRuntime()
  const { socket } = await runtime.connect()
  socket.send(encodeEvents([event(1, 1), event(2, 2)]))
  await waitFor(async () => {
    const { body } = await runtime.request('/metrics')
    expect(body).toContain('\nslung_samples_accepted_total 2\n')
    expect(body).toContain('\nslung_connections_open 1\n')
  })
  await runtime.request('/metrics')
  expect((await runtime.request('/metrics')).body).toContain('\nslung_samples_accepted_total 2\n')
})

test('with a token, only probes are served without it', async () => {
  await using runtime = await startTestRuntime({ token: 's3cret-token' })
  const bearer = { authorization: 'Bearer s3cret-token' }
  for (const path of ['/', '/metrics', '/query?q=AVG:temp:[]', '/workflows']) {
    expect(await runtime.request(path)).toMatchObject({ status: 401 })
    expect(await runtime.request(path, { headers: { authorization: 'Bearer wrong' } })).toMatchObject({ status: 401 })
    expect(await runtime.request(path, { headers: bearer })).toMatchObject({ status: 200 })
  }
  await expect(runtime.connect()).rejects.toThrow('401')
  const { socket } = await runtime.connect({ headers: bearer })
  expect(socket.readyState).toBe(WebSocket.OPEN)
  expect(runtime.lines.join('\n')).not.toMatch(/s3cret|wrong/)
})

test('web pages of other origins are refused, unless they are allowed', async () => {
  await using runtime = await startTestRuntime({ origins: ['https://ops.example.com'] })
  await expect(runtime.connect({ headers: { origin: 'https://evil.example' } })).rejects.toThrow('403')
  expect(await runtime.request('/metrics', { headers: { origin: 'https://evil.example' } })).toMatchObject({
    status: 403,
  })
  const { socket } = await runtime.connect({ headers: { origin: 'https://ops.example.com' } })
  expect(socket.readyState).toBe(WebSocket.OPEN)
  // A name that an attacker points to this machine.
  await expect(runtime.connect({ headers: { host: 'evil.example:80' } })).rejects.toThrow('403')
})

test('connections and frames have their limits', async () => {
  await using runtime = await startTestRuntime({ limits: { ...limits, connectionsMax: 1, frameBytesMax: 1024 } })
  const { socket, close } = await runtime.connect()
  await expect(runtime.connect()).rejects.toThrow('503')
  await close()
  const second = await vi.waitFor(() => runtime.connect(), { timeout: 30_000, interval: 20 })
  expect(second.socket.readyState).toBe(WebSocket.OPEN)

  const closed = once(second.socket, 'close')
  second.socket.send(new Uint8Array(2000))
  expect((await closed)[0]).toBe(1009)
  expect(socket.readyState).toBe(WebSocket.CLOSED)
})

test('a connection that sends no request does not keep the runtime from stopping', async () => {
  const runtime = await startTestRuntime()
  const idle = connectTcp(Number(new URL(runtime.url).port), '127.0.0.1')
  await once(idle, 'connect')
  const socket = await runtime.connect()
  const closed = once(socket.socket, 'close')
  await runtime.runtime.stop()
  expect((await closed)[0]).toBe(1001)
  await expect(fetch(`${runtime.url}/health`)).rejects.toThrow('fetch failed')
  idle.destroy()
})

test('a port in use is an error that says what to do', async () => {
  await using runtime = await startTestRuntime()
  const port = Number(new URL(runtime.url).port)
  await expect(startTestRuntime({ port })).rejects.toThrow(
    `cannot listen on 127.0.0.1:${port}: another program is listening there`,
  )
})

test('an upgrade that is refused is answered and closed, and keeps nothing from stopping', async () => {
  await using runtime = await startTestRuntime()
  const { host, port } = new URL(runtime.url)
  const head = (target: string): string =>
    `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n'
  for (const target of ['/nowhere', 'http://user:s3cret@host/nowhere']) {
    // It stays open if only the server ends its half.
    const socket = connectTcp({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true })
    const closed = new Promise((resolve) => socket.on('close', resolve))
    socket.on('data', (data: Buffer) => expect(data.toString()).toContain('404'))
    socket.on('error', () => {})
    // The second of two writes to a closed socket fails.
    socket.on('end', () => {
      const writing = setInterval(() => socket.write('still here'), 20)
      socket.on('close', () => clearInterval(writing))
    })
    socket.write(head(target))
    await closed
  }
  expect(runtime.lines.join('\n')).not.toContain('s3cret')
})

test('an offer of another protocol is an ordinary request', async () => {
  await using runtime = await startTestRuntime()
  const { port } = new URL(runtime.url)
  const headers = { upgrade: 'h2c', connection: 'Upgrade, HTTP2-Settings', 'http2-settings': '' }
  const request = httpRequest({ port, host: '127.0.0.1', path: '/health', headers }).end()
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  expect(response.statusCode).toBe(200)
  response.resume()
})

test('the sender of a long refused body gets the answer nevertheless', async () => {
  await using runtime = await startTestRuntime({ limits: { ...limits, bodyBytesMax: 10_000 } })
  const { port } = new URL(runtime.url)
  for (const [type, status] of [
    ['application/xml', 415],
    ['text/plain', 413],
  ] as const) {
    const request = httpRequest({
      port,
      host: '127.0.0.1',
      path: '/events',
      method: 'POST',
      headers: { 'content-type': type },
    })
    // The rest of its body may still be on its way when the runtime stops.
    request.on('error', () => {})
    const response = once(request, 'response') as Promise<[IncomingMessage]>
    const piece = Buffer.alloc(1024 * 1024, 'x\n')
    for (let sent = 0; sent < 30; sent++) request.write(piece)
    request.end()
    const [answer] = await response
    expect(answer.statusCode).toBe(status)
    answer.resume()
  }
})

test('lines that are refused show in the metrics', async () => {
  await using runtime = await startTestRuntime()
  await runtime.request('/events', { method: 'POST', body: 'bad\n', headers: { 'content-type': 'text/plain' } })
  expect((await runtime.request('/metrics')).body).toContain('\nslung_refusals_total{reason="bad-line"} 1\n')
})
