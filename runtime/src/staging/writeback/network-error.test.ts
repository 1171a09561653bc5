/** Errors that a loopback server can cause are in `http-sender.test.ts`. */
import { expect, test } from 'vitest'
import { describeNetworkError } from './network-error.ts'

const url = new URL('https://hooks.example.com/x?key=secret')

function failure(code: string, message: string): Error {
  return new Error('no answer', { cause: Object.assign(new Error(message), { code }) })
}

test.each([
  ['ENOTFOUND', 'getaddrinfo ENOTFOUND hooks.example.com', 'the name hooks.example.com was not found (DNS)'],
  ['EAI_AGAIN', 'getaddrinfo EAI_AGAIN hooks.example.com', 'DNS did not answer'],
  ['ECONNRESET', 'read ECONNRESET', 'hooks.example.com:443 closed the connection before its answer was complete'],
  ['ETIMEDOUT', 'connect ETIMEDOUT', 'hooks.example.com:443 did not accept the connection in time'],
  ['EHOSTUNREACH', 'connect EHOSTUNREACH', 'there is no route to hooks.example.com:443 (EHOSTUNREACH)'],
  [
    'CERT_HAS_EXPIRED',
    'certificate has expired',
    'the TLS certificate of hooks.example.com:443 is not trusted: certificate has expired',
  ],
  ['EMFILE', 'too many open files', 'hooks.example.com:443: too many open files'],
])('%s becomes a sentence', (code, message, sentence) => {
  expect(describeNetworkError(failure(code, message), url)).toContain(sentence)
})

test('several addresses that refused, and causes that are not errors, are described too', () => {
  const refused = Object.assign(new AggregateError([new Error('a'), new Error('b')]), { code: 'ECONNREFUSED' })
  expect(describeNetworkError(new Error('no answer', { cause: refused }), url)).toBe(
    'connection refused by hooks.example.com:443; is the server running?',
  )
  expect(describeNetworkError(new Error('no answer', { cause: 'gone' }), url)).toContain('gone')
})
