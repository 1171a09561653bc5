/** Who gets in, with real sockets: nobody can keep out those who may. */
import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { runtimeDefaults } from '../src/staging/config/defaults.ts'
import { HttpServer } from '../src/staging/server/http-server.ts'
import { QueryPlaces } from '../src/staging/server/query-places.ts'
import { SystemTimers } from '../src/staging/system/system-timers.ts'
import { startTestRuntime, type TestRuntime } from './runtime-fixture.ts'

const { limits } = runtimeDefaults
const patience = { timeout: 30_000, interval: 5 }

async function connectIdle({ url }: TestRuntime, localAddress: string): Promise<Socket> {
  const socket = connectTcp({ port: Number(new URL(url).port), host: '127.0.0.1', localAddress })
  socket.on('error', () => {})
  await once(socket, 'connect')
  // Otherwise it would not notice its end.
  return socket.resume()
}

/** Sends a request as it is. @returns the beginning of the answer */
async function sendRaw({ url }: Pick<TestRuntime, 'url'>, text: string): Promise<string> {
  const socket = connectTcp({ port: Number(new URL(url).port), host: '127.0.0.1' })
  socket.write(text)
  const [data] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return data.toString()
}

test('idle connections of others do not keep out who holds the token, nor those who came before', async () => {
  await using runtime = await startTestRuntime({ token: 's3cret', limits: { ...limits, strangersMax: 20 } })
  const headers = { authorization: 'Bearer s3cret' }
  const { socket } = await runtime.connect({ headers })
  const patient = await connectIdle(runtime, '127.0.0.2')
  const idle: Socket[] = []
  for (let round = 0; round < 10; round++) {
    idle.push(...(await Promise.all(Array.from({ length: 10 }, () => connectIdle(runtime, '127.0.0.1')))))
    expect(await runtime.request('/health', { headers })).toMatchObject({ status: 200 })
    // A request without the token makes no acquaintance.
    idle[round]!.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n')
  }
  await vi.waitFor(() => expect(idle.filter(({ closed }) => !closed).length).toBeLessThanOrEqual(20), patience)
  // It waits as long as the first of them, but its address is not the crowd.
  expect(patient.closed).toBe(false)
  expect(socket.readyState).toBe(WebSocket.OPEN)
  const metrics = (await runtime.request('/metrics', { headers })).body as string
  const [, closedCount] = /^slung_waiting_connections_closed_total (\d+)$/m.exec(metrics)!
  expect(Number(closedCount)).toBeGreaterThanOrEqual(80)
  for (const one of [...idle, patient]) one.destroy()
})

test('many connections that are made in the same moment all get in', async () => {
  await using runtime = await startTestRuntime({ limits: { ...limits, strangersMax: 200 } })
  const connections = await Promise.all(Array.from({ length: 200 }, () => runtime.connect()))
  expect(connections.every(({ socket }) => socket.readyState === WebSocket.OPEN)).toBe(true)
})

test('what a page of another origin embeds or links to is refused, unless it says who it is', async () => {
  await using runtime = await startTestRuntime({ origins: ['https://ops.example.com'] })
  const statusFor = async (headers: Record<string, string>, path = '/query?q=COUNT:temp:[]'): Promise<number> => {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    const answer = await sendRaw(runtime, `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${lines.join('')}\r\n`)
    return Number(answer.slice(9, 12))
  }
  for (const site of ['cross-site', 'same-site', 'anything']) {
    expect(await statusFor({ 'Sec-Fetch-Site': site, 'Sec-Fetch-Mode': 'no-cors' })).toBe(403)
    expect(await statusFor({ 'Sec-Fetch-Site': site }, '/metrics')).toBe(403)
    expect(await statusFor({ 'Sec-Fetch-Site': site, Origin: 'https://ops.example.com' })).toBe(200)
  }
  for (const site of ['none', 'same-origin']) expect(await statusFor({ 'Sec-Fetch-Site': site })).toBe(200)
  expect(await statusFor({})).toBe(200)
})

test('probes need no token, whatever host they ask for, and are told one word', async () => {
  await using runtime = await startTestRuntime({ token: 's3cret' })
  for (const path of ['/health', '/ready']) {
    for (const header of ['Host: 10.1.2.3:2077', 'Host: evil.example', 'Host: a\r\nOrigin: https://evil.example']) {
      const answer = await sendRaw(runtime, `GET ${path} HTTP/1.1\r\n${header}\r\n\r\n`)
      expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\n\{"status":"ok"\}\n$/)
    }
  }
  expect(runtime.lines.filter((line) => line.startsWith('warn'))).toEqual([])
  // Nothing else is open.
  for (const path of ['/', '/metrics', '/workflows', '/health/', '/record', '/nothing']) {
    expect(await sendRaw(runtime, `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`)).toMatch(/^HTTP\/1\.1 401 /)
  }
})

test('a runtime without a token still refuses the names of others, except to probes', async () => {
  await using runtime = await startTestRuntime()
  const ask = (path: string) => sendRaw(runtime, `GET ${path} HTTP/1.1\r\nHost: evil.example\r\n\r\n`)
  expect(await ask('/health')).toMatch(/^HTTP\/1\.1 200 /)
  for (const path of ['/', '/metrics', '/query?q=COUNT:temp:[]']) expect(await ask(path)).toMatch(/^HTTP\/1\.1 403 /)
})

test('a request with two hosts is refused, whichever comes first', async () => {
  await using runtime = await startTestRuntime()
  for (const hosts of ['Host: localhost\r\nHost: evil.example', 'Host: evil.example\r\nHost: localhost']) {
    const answer = await sendRaw(runtime, `GET /health HTTP/1.1\r\n${hosts}\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 400 [^]*several Host headers/)
  }
  const upgrade = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAA'
  expect(await sendRaw(runtime, `GET / HTTP/1.1\r\nHost: localhost\r\nHost: a\r\n${upgrade}\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 400 /,
  )
})

test('what a client sends is repeated to others in print only', async () => {
  await using runtime = await startTestRuntime()
  const hostile = `\u009b31m\u0085${'a'.repeat(5000)}`
  for (const header of ['Origin', 'Host', 'Sec-Fetch-Site']) {
    const host = header === 'Host' ? '' : 'Host: localhost\r\n'
    const text = `GET /workflows HTTP/1.1\r\n${host}${header}: ${hostile}\r\n\r\n`
    const answer = await sendRaw(runtime, Buffer.from(text, 'latin1').toString('latin1'))
    expect(answer).toMatch(/^HTTP\/1\.1 40[03] /)
  }
  expect(runtime.lines.join('\n')).not.toMatch(/[\u007f-\u009f]|a{300}/)
})

test('queries that run are counted, by address and in all', async () => {
  const places = new QueryPlaces({ queriesMax: 3, addressQueriesMax: 2 })
  const gate = Promise.withResolvers<void>()
  const server = new HttpServer({
    access: { token: null, origins: [], host: '127.0.0.1' },
    port: 0,
    timers: new SystemTimers(),
    frameBytesMax: 1024,
    strangersMax: 100,
    answer: (request) =>
      places.run(
        request,
        () => gate.promise.then(() => ({ status: 200, body: { value: 1 } })),
        (error) => ({ status: 429, body: { error }, headers: { 'retry-after': '1' } }),
      ),
    openPaths: new Set(),
    doors: {},
    onDenied: () => {},
    onError: () => {},
  })
  const port = await server.listen()
  const ask = async (localAddress: string): Promise<string> => {
    const socket = connectTcp({ port, host: '127.0.0.1', localAddress })
    socket.write('GET /query HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
    let text = ''
    for await (const data of socket) text += (data as Buffer).toString()
    return text
  }
  const [one, two] = [ask('127.0.0.1'), ask('127.0.0.1')]
  await vi.waitFor(
    async () => expect(await ask('127.0.0.1')).toMatch(/^HTTP\/1\.1 429 [^]*retry-after: 1[^]*address_queries/),
    patience,
  )
  const other = ask('127.0.0.2')
  await vi.waitFor(
    async () => expect(await ask('127.0.0.3')).toMatch(/^HTTP\/1\.1 429 [^]*raise queries under/),
    patience,
  )
  gate.resolve()
  for (const answer of await Promise.all([one, two, other])) expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  expect(await ask('127.0.0.1')).toMatch(/^HTTP\/1\.1 200 /)
  await server.close()
})
