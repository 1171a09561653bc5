import { expect, test } from 'vitest'
import { isLoopback, parseHost, parseOrigin } from './network.ts'

test.each(['127.0.0.1', '127.8.9.10', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', 'localhost', 'LOCALHOST'])(
  '%s is this machine alone',
  (host) => {
    expect(isLoopback(host)).toBe(true)
  },
)

test.each([
  '0.0.0.0',
  '::',
  '192.168.0.7',
  '128.0.0.1',
  '::ffff:10.0.0.1',
  'staging.example.com',
  'localhost.example.com',
])('%s may be reached from elsewhere', (host) => {
  expect(isLoopback(host)).toBe(false)
})

test.each(['0.0.0.0', '::', 'fe80::1%eth0', 'localhost', 'staging-1.example.com'])('%s can be listened on', (host) => {
  expect(parseHost(host)).toBe(host)
})

test.each(['', ' ', 'localhost:2077', '127.0.0.1:2077', '[::1]', 'http://localhost', 'a b'])(
  '"%s" is not a host',
  (host) => {
    expect(() => parseHost(host)).toThrow('expected an address or a name alone, such as 127.0.0.1, ::1 or localhost')
  },
)

test.each([
  ['https://ops.example.com', 'https://ops.example.com'],
  ['https://ops.example.com/', 'https://ops.example.com'],
  ['https://OPS.example.com:443', 'https://ops.example.com'],
  ['http://localhost:5173', 'http://localhost:5173'],
])('the origin %s is compared as browsers write it, %s', (written, origin) => {
  expect(parseOrigin(written)).toBe(origin)
})

test.each([
  '*',
  'null',
  'ops.example.com',
  'https://ops.example.com/page',
  'https://a.example/?x',
  'ftp://a.example',
  '',
])('"%s" is not an origin', (origin) => {
  expect(() => parseOrigin(origin)).toThrow('expected a scheme and a host, such as https://ops.example.com')
})

test('a password in an origin is not repeated', () => {
  expect(() => parseOrigin('https://me:hunter2@ops.example.com')).toThrow(
    'the origin is an address with @, expected a scheme and a host, such as https://ops.example.com',
  )
})
