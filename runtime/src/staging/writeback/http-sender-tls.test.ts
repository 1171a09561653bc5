/** Over real TLS, with an authority that this file alone trusts. */
import { once } from 'node:events'
import { createServer as createPlainServer, type RequestListener, type Server } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterEach, expect, test } from 'vitest'
import { runtimeDefaults } from '../config/defaults.ts'
import { SystemTimers } from '../system/system-timers.ts'
import { HttpSender } from './http-sender.ts'

const limits = { ...runtimeDefaults.http, timeoutMillis: 30_000 }
const request = { method: 'POST', body: new TextEncoder().encode('{}') } as const
const servers: Pick<Server, 'close'>[] = []
const authorities = getCACertificates('default')

afterEach(async () => {
  setDefaultCACertificates(authorities)
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))))
})

test('a certificate without a trusted authority is refused', async () => {
  const secure = await serveSecure((_, response) => response.end())
  const http = new HttpSender({ ...limits, allow: ['*'] }, new SystemTimers())
  await expect(http.send({ ...request, url: `https://${secure}/` })).rejects.toThrow(
    `cannot send POST to "https://${secure}/": the TLS certificate of ${secure} is not trusted: self-signed certificate ` +
      '(DEPTH_ZERO_SELF_SIGNED_CERT); NODE_EXTRA_CA_CERTS can name a file with more authorities',
  )
})

test('a server that does not speak TLS gets its own message', async () => {
  const plain = await servePlain((_, response) => response.end())
  const http = new HttpSender({ ...limits, allow: ['*'] }, new SystemTimers())
  await expect(http.send({ ...request, url: `https://${plain}/` })).rejects.toThrow(
    /TLS with 127\.0\.0\.1:\d+ failed: [a-z ]+; does it speak https\?$/,
  )
})

test('a redirect from https to http needs a pattern that says http', async () => {
  setDefaultCACertificates([certificate])
  let arrived = 0
  const plain = await servePlain((_, response) => {
    arrived++
    response.end('in the clear')
  })
  const secure = await serveSecure((_, response) => response.writeHead(307, { location: `http://${plain}/` }).end())
  const send = (...allow: string[]) =>
    new HttpSender({ ...limits, allow }, new SystemTimers()).send({ ...request, url: `https://${secure}/` })
  for (const allow of [['*'], [secure, plain]]) {
    await expect(send(...allow)).rejects.toThrow(
      `it was redirected to "http://${plain}/": from https to http is not allowed; start with --allow-http http://${plain}/`,
    )
  }
  expect(arrived).toBe(0)
  expect(await send(secure, `http://${plain}/`)).toMatchObject({ status: 200 })
  expect(arrived).toBe(1)
})

test('a redirect from http to https needs no more than the target', async () => {
  setDefaultCACertificates([certificate])
  const secure = await serveSecure((_, response) => response.end('ok'))
  const plain = await servePlain((_, response) => response.writeHead(308, { location: `https://${secure}/` }).end())
  const http = new HttpSender({ ...limits, allow: [plain, secure] }, new SystemTimers())
  expect(await http.send({ ...request, url: `http://${plain}/` })).toMatchObject({ status: 200 })
})

async function serveSecure(listener: RequestListener): Promise<string> {
  return await listen(createServer({ key, cert: certificate }, listener))
}

async function servePlain(listener: RequestListener): Promise<string> {
  return await listen(createPlainServer(listener))
}

async function listen(server: Server | ReturnType<typeof createServer>): Promise<string> {
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

// Made for these tests: for localhost and 127.0.0.1, from 2020 to 2120, self-signed. It guards nothing.
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg2WU8vh6GIoTJBIh8
nOLEJYKO5AxDOw8MfOkA2hTNfJ2hRANCAASXdVxB7s0phh0lBCwaVUlfp5k9NmNK
V65DwDqcUq27CljqMseDvA6iepfz9YEQhc32L9N89a548ecwhfT44h0a
-----END PRIVATE KEY-----`

const certificate = `-----BEGIN CERTIFICATE-----
MIIBajCCAQ+gAwIBAgIBATAKBggqhkjOPQQDAjAVMRMwEQYDVQQDDApzbHVuZyB0
ZXN0MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAVMRMwEQYDVQQD
DApzbHVuZyB0ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEl3VcQe7NKYYd
JQQsGlVJX6eZPTZjSleuQ8A6nFKtuwpY6jLHg7wOonqX8/WBEIXN9i/TfPWuePHn
MIX0+OIdGqNOMEwwDwYDVR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhv
c3SHBH8AAAEwHQYDVR0OBBYEFC0pqEPnzgubsU3IHRLqn3mKLHSaMAoGCCqGSM49
BAMCA0kAMEYCIQDtFLwwa7MMQ71h2G0r59lw5Emcrc5MjBydbh8Ah/ga7wIhAOpv
jvJx8cz9GhcgJvCkdLhNufA6SSUyCcvjqevxya8S
-----END CERTIFICATE-----`
