/** Over real sockets. `serve` closes its server without closing its connections: a test that leaks one does not end. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { runtimeDefaults } from '../config/defaults.ts'
import type { HttpPolicyConfig } from '../config/runtime-config.ts'
import { EndOfRun, HostRefusal, type GuestHttpRequest } from '../../guest/contract/guest-host.ts'
import type { HttpMethod } from '../../engine/model/timeline.ts'
import { SystemTimers } from '../system/system-timers.ts'
import { HttpSender } from './http-sender.ts'

const servers: Server[] = []

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))))
})

test('a request arrives as it was asked for, and its answer comes back', async () => {
  const { host, received } = await serve((_, response) => response.end('{"ok":true}'))
  const answer = await sender(host).send(post(`http://${host}/alerts?key=1`, '{"level":"high"}'))
  expect({ status: answer.status, body: text(answer.body) }).toEqual({ status: 200, body: '{"ok":true}' })
  expect(received).toEqual([
    {
      method: 'POST',
      url: '/alerts?key=1',
      body: '{"level":"high"}',
      headers: expect.objectContaining({
        'content-type': 'application/json',
        'content-length': '16',
        'user-agent': expect.stringMatching(/^slung\/\d+\.\d+\.\d+$/) as string,
      }) as object,
    },
  ])
  const names = Object.keys(received[0]!.headers)
  expect(names).not.toEqual(expect.arrayContaining(['cookie']))
  expect(names).not.toEqual(expect.arrayContaining(['referer']))
})

test.each<[HttpMethod, string, string | undefined, string]>([
  ['POST', 'ALERT', 'text/plain; charset=utf-8', 'ALERT'],
  ['PUT', '[1]', 'application/json', '[1]'],
  ['POST', '', undefined, ''],
  ['DELETE', '', undefined, ''],
  ['DELETE', '{}', 'application/json', '{}'],
  ['GET', '', undefined, ''],
  ['GET', 'left out', undefined, ''],
])('%s with the body %j is sent with the type %s', async (method, body, contentType, sent) => {
  const { host, received } = await serve((_, response) => response.end())
  await sender(host).send(ask(method, `http://${host}/`, body))
  expect(received).toMatchObject([{ method, body: sent }])
  expect(received[0]!.headers['content-type']).toBe(contentType)
})

test('bytes go and come unchanged', async () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
  const { host } = await serve((request, response) => request.pipe(response))
  const answer = await sender(host).send({ method: 'PUT', url: `http://${host}/`, body: bytes })
  expect(answer).toEqual({ status: 200, body: bytes })
})

test.each([201, 204, 205, 300, 304, 400, 401, 404, 407, 421, 425, 429, 500, 511, 599, 600, 999])(
  'an answer %i comes through, whatever it means, and nothing is sent twice',
  async (status) => {
    const { host, received } = await serve((_, response) => response.writeHead(status).end('why'))
    const http = sender(host)
    for (let count = 1; count <= 2; count++) {
      const answer = await http.send(post(`http://${host}/`, 'x'))
      expect(answer.status).toBe(status)
      expect(text(answer.body)).toBe([204, 205, 304].includes(status) ? '' : 'why')
      expect(received).toHaveLength(count)
    }
  },
)

test('what comes before the answer is not the answer', async () => {
  const { host } = await serve((_, response) => {
    response.writeContinue()
    response.writeEarlyHints({ link: '</style.css>; rel=preload' })
    response.writeProcessing()
    response.end('ok')
  })
  const answer = await sender(host).send(post(`http://${host}/`, 'x'))
  expect({ status: answer.status, body: text(answer.body) }).toEqual({ status: 200, body: 'ok' })
})

test('a server that switches to another protocol gives no answer', async () => {
  const tcp = createTcpServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
    )
  })
  const host = await listen(tcp)
  await expect(sender(host).send(post(`http://${host}/`, 'x'))).rejects.toThrow(
    `${host}: it answered 101 (switching protocols) to a request that did not ask for it`,
  )
})

test.each<[string, (body: Buffer) => Buffer]>([
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['GZIP', gzipSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
  ['gzip, br', (body) => brotliCompressSync(gzipSync(body))],
  ['identity', (body) => body],
  ['rot13', (body) => body],
])('an answer with the content encoding %s is decompressed', async (coding, compress) => {
  const body = Buffer.from('{"level":"high"}'.repeat(5_000))
  const { host, received } = await serve((request, response) => {
    const bytes = compress(request.url === '/empty' ? Buffer.alloc(0) : body)
    response.writeHead(200, { 'content-encoding': coding })
    // In pieces, of which the first has one byte.
    response.write(bytes.subarray(0, 1))
    setImmediate(() => response.end(bytes.subarray(1)))
  })
  const http = sender(host)
  expect(Buffer.from((await http.send(ask('GET', `http://${host}/`))).body).equals(body)).toBe(true)
  expect((await http.send(ask('GET', `http://${host}/empty`))).body).toHaveLength(0)
  expect(received[0]!.headers['accept-encoding']).toBe('gzip, deflate, br, zstd')
})

test('a body of every method ends where it ends, and the next request of the connection is read', async () => {
  const { host, received } = await serve((_, response) => response.end('ok'))
  const http = sender(host)
  for (const method of ['DELETE', 'PUT', 'POST', 'DELETE', 'GET'] as const) {
    expect(await http.send(ask(method, `http://${host}/${method}`, `{"of":"${method}"}`))).toMatchObject({
      status: 200,
    })
  }
  expect(received.map(({ body }) => body)).toEqual([
    '{"of":"DELETE"}',
    '{"of":"PUT"}',
    '{"of":"POST"}',
    '{"of":"DELETE"}',
    '',
  ])
})

test('connections are reused', async () => {
  const sockets = new Set<Socket>()
  const { host } = await serve((request, response) => {
    sockets.add(request.socket)
    response.end('ok')
  })
  const http = sender(host)
  for (let count = 0; count < 20; count++) await http.send(post(`http://${host}/`, 'x'))
  // Not always one: the next request may come before the pool has noticed that the connection is free.
  expect(sockets.size).toBeLessThan(20)
})

test('what is not allowed is not sent, and the refusal says what to add', async () => {
  const { host, received } = await serve((_, response) => response.end())
  const denied = sender().send(post(`http://${host}/x?key=secret`, 'x'))
  await expect(denied).rejects.toThrow(
    new HostRefusal(
      `cannot send POST to "http://${host}/x?…": outgoing HTTP to ${host} is not allowed; ` +
        `start with --allow-http ${host}, or add it to [http] allow in slung.toml`,
    ),
  )
  expect(received).toEqual([])
})

test.each([
  ['hooks.example.com/x', 'it is not a URL; expected one such as https://hooks.example.com/alerts'],
  ['ftp://hooks.example.com/x', 'only https and http are supported'],
  ['file:///etc/passwd', 'only https and http are supported'],
  [
    'https://me:pw@hooks.example.com/',
    'the URL contains a user name or password, which are never sent; leave them out',
  ],
])('%s is refused even where everything is allowed', async (url, reason) => {
  const refused = sender('*').send(post(url, 'x'))
  await expect(refused).rejects.toThrow(HostRefusal)
  await expect(refused).rejects.toThrow(reason)
})

test('a pattern that cannot be read fails at the start, not at the first request', () => {
  expect(() => sender('hooks.example.com', 'http//x')).toThrow(
    expect.objectContaining({ code: 'bad-allow-pattern' }) as Error,
  )
})

test.each<[number, HttpMethod, HttpMethod]>([
  [301, 'POST', 'GET'],
  [302, 'POST', 'GET'],
  [303, 'POST', 'GET'],
  [307, 'POST', 'POST'],
  [308, 'POST', 'POST'],
  [301, 'PUT', 'PUT'],
  [302, 'DELETE', 'DELETE'],
  [303, 'PUT', 'GET'],
  [303, 'DELETE', 'GET'],
  [307, 'GET', 'GET'],
])('a redirect %i turns %s into %s', async (status, method, next) => {
  const { host, received } = await serve((request, response) => {
    if (request.url === '/old/x') response.writeHead(status, { location: '../new' }).end('moved')
    else response.end('arrived')
  })
  const answer = await sender(host).send(ask(method, `http://${host}/old/x`, '{}'))
  expect({ status: answer.status, body: text(answer.body) }).toEqual({ status: 200, body: 'arrived' })
  const body = next === 'GET' ? '' : '{}'
  expect(received[1]).toMatchObject({ method: next, url: '/new', body })
  expect(received[1]!.headers['content-type']).toBe(body === '' ? undefined : 'application/json')
})

test.each([
  [304, '/x'],
  [302, null],
])('a status %i with the location %s is an answer, not a redirect', async (status, location) => {
  const { host } = await serve((_, response) => response.writeHead(status, location === null ? {} : { location }).end())
  expect(await sender(host).send(ask('GET', `http://${host}/`))).toMatchObject({ status })
})

test('a redirect to a place that is not allowed is refused, and its target never hears of it', async () => {
  const target = await serve((_, response) => response.end())
  const { host } = await serve((_, response) => {
    response.writeHead(307, { location: `http://${target.host}/in?token=secret` }).end()
  })
  await expect(sender(host).send(post(`http://${host}/`, 'x'))).rejects.toThrow(
    new HostRefusal(
      `cannot send POST to "http://${host}/": it was redirected to "http://${target.host}/in?…": ` +
        `outgoing HTTP to ${target.host} is not allowed; ` +
        `start with --allow-http ${target.host}, or add it to [http] allow in slung.toml`,
    ),
  )
  expect(target.received).toEqual([])
})

test.each([
  ['file:///etc/passwd', 'only https and http are supported'],
  ['http://me:pw@127.0.0.1/', 'the URL contains a user name or password'],
  ['http://[', 'redirects to something that is not a URL'],
])('a redirect to %s is refused', async (location, reason) => {
  const { host } = await serve((_, response) => response.writeHead(302, { location }).end('moved'))
  await expect(sender('*').send(post(`http://${host}/`, 'x'))).rejects.toThrow(reason)
})

test('redirects end at the configured number', async () => {
  const { host, received } = await serve((request, response) => {
    const count = Number(request.url!.slice(1))
    response.writeHead(count === 0 ? 200 : 302, { location: `/${count - 1}` }).end()
  })
  const http = new HttpSender({ ...policy, allow: [host], redirectsMax: 3 }, new SystemTimers())
  expect(await http.send(ask('GET', `http://${host}/3`))).toMatchObject({ status: 200 })
  await expect(http.send(ask('GET', `http://${host}/4`))).rejects.toThrow(
    `cannot send GET to "http://${host}/4": it was redirected more than 3 times, finally to "http://${host}/0"`,
  )
  expect(received).toHaveLength(8)
})

test('a redirect whose body never ends is followed all the same', async () => {
  const { host } = await serve((request, response) => {
    if (request.url === '/') response.writeHead(302, { location: '/new' }).write('moved')
    else response.end('arrived')
  })
  expect(text((await sender(host).send(ask('GET', `http://${host}/`))).body)).toBe('arrived')
})

test.each<[string, RequestListener]>([
  ['that does not begin', () => {}],
  ['that does not end', (_, response) => response.write('x')],
  ['that trickles', trickle],
  [
    'behind a redirect',
    (request, response) => {
      if (request.url === '/') response.writeHead(302, { location: '/new' }).end()
    },
  ],
])('an answer %s is given up in time', async (_, listener) => {
  const { host } = await serve(listener)
  const http = new HttpSender({ ...policy, allow: [host], timeoutMillis: 250 }, new SystemTimers())
  const given = http.send(post(`http://${host}/`, 'x'))
  await expect(given).rejects.toThrow(HostRefusal)
  await expect(given).rejects.toThrow(/^cannot send POST to "http:.*": the answer was not complete after 250 ms$/)
})

test('an answer that is too long is cut off', async () => {
  const closed = Promise.withResolvers<void>()
  const { host } = await serve((_, response) => {
    response.on('close', closed.resolve)
    pour(response)
  })
  const http = new HttpSender({ ...policy, allow: [host], responseBytesMax: 100_000 }, new SystemTimers())
  await expect(http.send(post(`http://${host}/`, 'x'))).rejects.toThrow(
    `cannot send POST to "http://${host}/": the answer (status 200) is longer than 100000 bytes`,
  )
  await closed.promise
})

test('the cap is inclusive, and counts what compressed bytes become', async () => {
  const { host } = await serve((request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(Number(request.url!.slice(1)))))
  })
  const http = new HttpSender({ ...policy, allow: [host], responseBytesMax: 1000 }, new SystemTimers())
  expect((await http.send(ask('GET', `http://${host}/1000`))).body).toEqual(new Uint8Array(1000))
  await expect(http.send(ask('GET', `http://${host}/1001`))).rejects.toThrow('is longer than 1000 bytes')
  await expect(http.send(ask('GET', `http://${host}/10000000`))).rejects.toThrow('is longer than 1000 bytes')
})

test('a missing server is named', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  await expect(sender('*').send(post(`http://127.0.0.1:${port}/x?key=secret`, 'x'))).rejects.toThrow(
    new HostRefusal(
      `cannot send POST to "http://127.0.0.1:${port}/x?…": connection refused by 127.0.0.1:${port}; is the server running?`,
    ),
  )
})

test.each<[string, RequestListener]>([
  ['before it answers', (request) => request.socket.resetAndDestroy()],
  [
    'in the middle of its answer',
    (request, response) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('abc', () => request.socket.resetAndDestroy())
    },
  ],
  [
    'before the end of chunks',
    (request, response) => {
      response.write('abc', () => request.socket.end())
    },
  ],
])('a server that hangs up %s gives no answer', async (_, listener) => {
  const { host } = await serve(listener)
  await expect(sender(host).send(post(`http://${host}/`, 'x'))).rejects.toThrow(
    `cannot send POST to "http://${host}/": ${host} closed the connection before its answer was complete`,
  )
})

test('an answer that is not HTTP or not compressed as it claims, and a blocked port, are explained', async () => {
  const tcp = createTcpServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.end('220 mail.example.com ESMTP\r\n'))
  })
  const mail = await listen(tcp)
  await expect(sender('*').send(post(`http://${mail}/`, 'x'))).rejects.toThrow(`${mail} did not answer in HTTP/1.1`)
  const { host } = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('plain'))
  await expect(sender(host).send(post(`http://${host}/`, 'x'))).rejects.toThrow('is not compressed as it claims')
  await expect(sender('*').send(post('http://127.0.0.1:25/', 'x'))).rejects.toThrow(
    'port 25 belongs to another protocol',
  )
})

test('an abort gives up with its own reason', async () => {
  const arrived = Promise.withResolvers<void>()
  const { host } = await serve(() => arrived.resolve())
  const stop = new AbortController()
  const reason = new EndOfRun('stopped')
  const sent = sender(host).send(post(`http://${host}/`, 'x'), stop.signal)
  void arrived.promise.then(() => stop.abort(reason))
  await expect(sent).rejects.toBe(reason)
  await expect(sender(host).send(post(`http://${host}/`, 'x'), stop.signal)).rejects.toBe(reason)
})

const policy: HttpPolicyConfig = {
  ...runtimeDefaults.http,
  timeoutMillis: 30_000,
}

function sender(...allow: string[]): HttpSender {
  return new HttpSender({ ...policy, allow }, new SystemTimers())
}

function ask(method: HttpMethod, url: string, body = ''): GuestHttpRequest {
  return { method, url, body: new TextEncoder().encode(body) }
}

function post(url: string, body: string): GuestHttpRequest {
  return ask('POST', url, body)
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

interface Received {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingMessage['headers']
  body: string
}

/** Starts a server on a free port of the loopback address. `received` has every request and the body it brought. */
async function serve(listener: RequestListener): Promise<{ host: string; received: Received[] }> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const entry: Received = { method: request.method, url: request.url, headers: request.headers, body: '' }
    received.push(entry)
    request.on('data', (chunk: Buffer) => (entry.body += chunk.toString('latin1')))
    listener(request, response)
  })
  return { host: await listen(server), received }
}

async function listen(server: Server): Promise<string> {
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** One byte every few milliseconds, forever. */
function trickle(_: IncomingMessage, response: ServerResponse): void {
  const timer = setInterval(() => response.write('x'), 5)
  response.on('close', () => clearInterval(timer))
}

/** As many bytes as the other side takes. */
function pour(response: ServerResponse): void {
  while (!response.destroyed && response.write(Buffer.alloc(16_384)));
  response.once('drain', () => pour(response))
}
