/** Over real sockets: what arrives, and where it does not. */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { runtimeDefaults } from '../config/defaults.ts'
import type { HeaderConfig } from '../config/runtime-config.ts'
import { SystemTimers } from '../system/system-timers.ts'
import { headersFor, parseHeaderRule } from './header-rules.ts'
import { HttpSender } from './http-sender.ts'

const servers: Server[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))))
})

interface Place {
  readonly origin: string
  /** By path, in the order of arrival. */
  readonly received: [path: string, headers: IncomingHttpHeaders][]
}

/** A server that redirects by `to` in a query. */
async function serve(): Promise<Place> {
  const received: Place['received'] = []
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://x/')
    received.push([pathname, request.headers])
    const location = searchParams.get('to')
    response.writeHead(location === null ? 200 : 307, location === null ? {} : { location }).end()
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received }
}

function send(url: string, rules: readonly HeaderConfig[], body = '{}') {
  const sender = new HttpSender({ ...runtimeDefaults.http, allow: ['*'], with: rules }, new SystemTimers())
  return sender.send({ method: 'POST', url, body: new TextEncoder().encode(body) })
}

/** A URL that leads to the others by redirects. */
function chain([first, ...rest]: readonly string[]): string {
  return rest.length === 0 ? first! : `${first}?to=${encodeURIComponent(chain(rest))}`
}

test('requests get the headers of their URL, and no others do', async () => {
  const { origin, received } = await serve()
  const rules = [
    { url: `${origin}/v1/`, headers: { Authorization: 'Bearer t0k', 'X-Team': 'plant' } },
    { url: 'http://other.example.com', headers: { Authorization: 'Bearer other' } },
  ]
  await send(`${origin}/v1/alerts`, rules)
  await send(`${origin}/v2/alerts`, rules)
  expect(received.map(([path, { authorization, 'x-team': team }]) => [path, authorization, team])).toEqual([
    ['/v1/alerts', 'Bearer t0k', 'plant'],
    ['/v2/alerts', undefined, undefined],
  ])
})

test('the last rule decides, also over the headers that requests have anyway', async () => {
  const { origin, received } = await serve()
  await send(origin, [
    { url: origin, headers: { authorization: 'first', 'Content-Type': 'application/vnd.alert+json' } },
    { url: origin, headers: { AUTHORIZATION: 'second', 'User-Agent': 'plant/1' } },
  ])
  expect(received[0]![1]).toMatchObject({
    authorization: 'second',
    'content-type': 'application/vnd.alert+json',
    'user-agent': 'plant/1',
  })
})

test('a redirect within the origin keeps the headers of its target', async () => {
  const { origin, received } = await serve()
  const rules = [{ url: `${origin}/v1/`, headers: { authorization: 'Bearer t0k' } }]
  await send(chain([`${origin}/v1/old`, `${origin}/v1/new`, `${origin}/v2`, `${origin}/v1/again`]), rules)
  expect(received.map(([path, { authorization }]) => [path, authorization])).toEqual([
    ['/v1/old', 'Bearer t0k'],
    ['/v1/new', 'Bearer t0k'],
    ['/v2', undefined],
    ['/v1/again', 'Bearer t0k'],
  ])
})

test('a redirect to another origin drops them for good, those of the target included', async () => {
  const [home, away] = [await serve(), await serve()]
  const rules = [
    { url: home.origin, headers: { authorization: 'Bearer home' } },
    { url: away.origin, headers: { authorization: 'Bearer away' } },
  ]
  await send(chain([`${home.origin}/a`, `${away.origin}/b`, `${home.origin}/c`]), rules)
  expect(home.received.map(([path, { authorization }]) => [path, authorization])).toEqual([
    ['/a', 'Bearer home'],
    ['/c', undefined],
  ])
  expect(away.received.map(([path, { authorization }]) => [path, authorization])).toEqual([['/b', undefined]])
})

test.each([
  ['hooks.example.com', 'https://hooks.example.com/a', true],
  ['hooks.example.com', 'http://hooks.example.com/a', false],
  ['http://hooks.example.com', 'http://hooks.example.com/a', true],
  ['*.example.com:8443', 'https://a.example.com:8443/', true],
  ['*.example.com:8443', 'https://a.example.com/', false],
])('headers of %s for %s: %s', (pattern, url, covered) => {
  const rule = parseHeaderRule({ url: pattern, headers: { authorization: 'x' } })
  expect(headersFor(new URL(url), [rule])).toEqual(covered ? { authorization: 'x' } : {})
})

test.each([
  ['*', { authorization: 'x' }, 'cannot add headers to "*": expected a host'],
  ['a b', { authorization: 'x' }, 'cannot match URLs with "a b"'],
  ['s3cret@a.example', { authorization: 'x' }, 'cannot match URLs with an address with @'],
  ['a.example', { 'x: s3cret': 'x' }, 'the name of a header is a word'],
  ['a.example', { '': 'x' }, 'the name of a header is a word'],
  ['a.example', { Host: 'x' }, 'the header "Host" is up to the runtime'],
  ['a.example', { 'Content-Length': '3' }, 'the header "Content-Length" is up to the runtime'],
  ['a.example', { 'Proxy-Authorization': 'x' }, 'the header "Proxy-Authorization" is up to the runtime'],
  ['a.example', { authorization: '' }, 'the value of the header "authorization" is empty'],
  ['a.example', { authorization: 's3cret\r\nX-Other: 1' }, 'has a character that no header can have'],
  ['a.example', { authorization: 's3cret ' }, 'begins or ends with white space'],
  ['a.example', { authorization: 's3cret\u2026' }, 'has a character that no header can have'],
])('headers for %s: %j are refused', (url, headers, reason) => {
  const parse = () => parseHeaderRule({ url, headers })
  expect(parse).toThrow(reason)
  expect(parse).not.toThrow('s3cret')
})
