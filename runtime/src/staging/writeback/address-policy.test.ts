/** With names that a lookup of its own resolves, and real sockets behind those that may be reached. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, LookupFunction } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runtimeDefaults } from '../config/defaults.ts'
import { SystemTimers } from '../system/system-timers.ts'
import { HttpSender } from './http-sender.ts'

let arrived: (string | undefined)[]
const server = createServer((request, response) => {
  arrived.push(request.headers.host)
  const { pathname, searchParams } = new URL(request.url!, 'http://x/')
  if (pathname === '/redirect') response.writeHead(302, { location: searchParams.get('to')! })
  response.end()
})
let port: number

beforeEach(async () => {
  arrived = []
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ;({ port } = server.address() as AddressInfo)
})
afterEach(() => new Promise((resolve) => server.close(resolve)))

interface Settings {
  readonly allow?: readonly string[]
  readonly allowAddresses?: readonly string[]
  /** What names stand for. */
  readonly names: Readonly<Record<string, readonly string[]>>
}

function send(url: string, { names, allow = [`*.example.com:${port}`], allowAddresses = [] }: Settings) {
  const lookup: LookupFunction = (name, _, done) => {
    const addresses = names[name]!.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    done(null, addresses)
  }
  const sender = new HttpSender({ ...runtimeDefaults.http, allow, allowAddresses }, new SystemTimers(), lookup)
  return sender.send({ method: 'GET', url, body: new Uint8Array() })
}

test.each([
  ['127.0.0.1', 'an address of this machine'],
  ['::1', 'an address of this machine'],
  ['0.0.0.0', 'an address of this machine'],
  ['::ffff:127.0.0.1', 'an address of this machine'],
  ['10.1.2.3', 'a private address'],
  ['172.16.0.1', 'a private address'],
  ['192.168.1.1', 'a private address'],
  ['fd00:ec2::254', 'a private address'],
  ['64:ff9b::a01:203', 'a private address'],
  ['64:ff9b:1:a9fe:a9:fe00:808:808', 'a reserved address'],
  ['100.100.100.200', 'a private address of a provider'],
  ['169.254.169.254', 'an address such as the metadata services of clouds have'],
  ['fe80::1', 'an address such as the metadata services of clouds have'],
  ['168.63.129.16', 'an address such as the metadata services of clouds have'],
  ['192.0.0.192', 'a reserved address'],
  ['224.0.0.1', 'a reserved address'],
  ['2002:7f00:1::', 'a reserved address'],
])('a name that stands for %s is refused before it is connected to', async (address, kind) => {
  const names = { 'hooks.example.com': [address] }
  await expect(send(`http://hooks.example.com:${port}/`, { names })).rejects.toThrow(
    `cannot send GET to "http://hooks.example.com:${port}/": the name hooks.example.com stands for ${address}, ${kind}, ` +
      `which is not allowed; start with --allow-address ${address}, or add it to [http] allow_addresses in slung.toml`,
  )
  expect(arrived).toEqual([])
})

test.each([['127.0.0.1'], ['127.0.0.0/8'], ['0.0.0.0/0'], ['::ffff:127.0.0.1'], ['::ffff:127.0.0.0/104']])(
  'the address range %s lets a name stand for it',
  async (range) => {
    const names = { 'hooks.example.com': ['127.0.0.1'] }
    const url = `http://hooks.example.com:${port}/`
    // First, because a connection that is open is used again.
    await expect(send(url, { names, allowAddresses: ['10.0.0.0/8', '::/0', '127.0.0.2'] })).rejects.toThrow(
      'stands for',
    )
    expect(await send(url, { names, allowAddresses: ['10.0.0.0/8', range] })).toMatchObject({ status: 200 })
    expect(arrived).toEqual([`hooks.example.com:${port}`])
  },
)

test('of several addresses, only those that may be reached are', async () => {
  const names = { 'hooks.example.com': ['10.1.2.3', '127.0.0.1', '192.168.1.1'] }
  expect(await send(`http://hooks.example.com:${port}/`, { names, allowAddresses: ['127.0.0.1'] })).toMatchObject({
    status: 200,
  })
})

test.each(['localhost', 'db.localhost'])('%s may be this machine, and nothing else', async (name) => {
  const url = `http://${name}:${port}/`
  const allow = [`${name}:${port}`]
  await expect(send(url, { allow, names: { [name]: ['10.1.2.3'] } })).rejects.toThrow('a private address')
  expect(await send(url, { allow, names: { [name]: ['127.0.0.1'] } })).toMatchObject({ status: 200 })
})

test('an address that the allow list names needs no range, and "*" allows everything', async () => {
  expect(await send(`http://127.0.0.1:${port}/`, { allow: [`127.0.0.1:${port}`], names: {} })).toMatchObject({
    status: 200,
  })
  const names = { 'hooks.example.com': ['127.0.0.1'] }
  expect(await send(`http://hooks.example.com:${port}/`, { allow: ['*'], names })).toMatchObject({ status: 200 })
})

test('a redirect does not lead to a name of a private address', async () => {
  const names = { 'hooks.example.com': ['127.0.0.1'], 'inner.example.com': ['10.1.2.3'] }
  const target = `http://inner.example.com:${port}/`
  const url = `http://hooks.example.com:${port}/redirect?to=${target}`
  await expect(send(url, { names, allowAddresses: ['127.0.0.1'] })).rejects.toThrow(
    `it was redirected to "${target}": the name inner.example.com stands for 10.1.2.3, a private address`,
  )
  expect(arrived).toHaveLength(1)
})
