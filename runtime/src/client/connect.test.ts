import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { AckServer } from '../../test/ack-server.ts'
import { connect } from './index.ts'

let server: AckServer
beforeEach(async () => {
  server = await AckServer.start()
})
afterEach(() => server.stop())

test('a token goes into the upgrade', async () => {
  const client = await connect(server.url, { token: 'secret' })
  expect(server.connections[0]!.request.headers.authorization).toBe('Bearer secret')
  await client.close()
})

test('nothing is listening', async () => {
  const { url } = server
  await server.stop()
  await expect(connect(url)).rejects.toMatchObject({
    code: 'cannot-connect',
    message: `cannot connect to ${url}: nothing is listening there; start a runtime with "slung run"`,
  })
  server = await AckServer.start()
})

test.each([
  [401, {}, 'unauthorized', 'the runtime requires a token, and none was given'],
  [401, { token: 'wrong' }, 'unauthorized', 'the runtime expects a different token'],
  [403, {}, 'forbidden', 'the runtime does not serve this client: told so'],
  [503, {}, 'too-many-connections', 'the runtime accepts no more connections at the moment: told so'],
  [404, {}, 'cannot-connect', 'it answered with HTTP status 404: told so; is it a Slung runtime?'],
])('the upgrade is answered with %i %j', async (status, options, code, found) => {
  server.denial = { status, reason: 'told so' }
  const { url } = server
  await expect(connect(url, options)).rejects.toMatchObject({ code, message: `cannot connect to ${url}: ${found}` })
})

test('another HTTP server is not a runtime', async () => {
  await withServer(
    createServer((_request, response) => response.end('<h1>hello</h1>')),
    async (url) => {
      await expect(connect(url)).rejects.toThrow(/it answered with HTTP status \d+; is it a Slung runtime\?$/)
    },
  )
})

test('a WebSocket server without acknowledgements is not a runtime', async () => {
  const http = createServer()
  const sockets = new WebSocketServer({ server: http, handleProtocols: () => false })
  await withServer(http, async (url) => {
    await expect(connect(url)).rejects.toThrow('it does not speak the subprotocol slung.ack.v1')
  })
  sockets.close()
})

test('the client gives up on a server that never answers', async () => {
  await withServer(createTcpServer(), async (url) => {
    await expect(connect(url, { connectTimeoutMillis: 20 })).rejects.toThrow('it did not answer in time')
  })
})

test('bad addresses and tokens fail before anything is opened', async () => {
  await expect(connect('localhost:2077')).rejects.toMatchObject({ code: 'bad-url' })
  await expect(connect(server.url, { token: 'two words' })).rejects.toMatchObject({ code: 'bad-token' })
  expect(server.connections).toHaveLength(0)
})

async function withServer(other: Server, use: (url: string) => Promise<void>): Promise<void> {
  other.listen(0, '127.0.0.1')
  await once(other, 'listening')
  try {
    await use(`ws://127.0.0.1:${(other.address() as AddressInfo).port}`)
  } finally {
    other.close()
  }
}
