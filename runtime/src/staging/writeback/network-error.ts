/** Why no answer came, in one sentence. */
import { oneLine } from '../../engine/text/quote.ts'
import { portOf } from './http-policy.ts'

/** @param error - what the exchange rejected with, or the stream of its body */
export function describeNetworkError(error: unknown, url: URL): string {
  const cause = innermostCause(error)
  const { code, message } = partsOf(cause)
  const peer = `${url.hostname}:${portOf(url)}`
  switch (code) {
    case 'ECONNREFUSED':
      return `connection refused by ${peer}; is the server running?`
    case 'ENOTFOUND':
      return `the name ${url.hostname} was not found (DNS), so there is nothing to connect to at ${peer}`
    case 'EAI_AGAIN':
      return `the name ${url.hostname} could not be looked up for ${peer}: DNS did not answer`
    case 'ECONNRESET':
    case 'EPIPE':
      return `${peer} closed the connection before its answer was complete`
    case 'ETIMEDOUT':
      return `${peer} did not accept the connection in time`
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `there is no route to ${peer} (${code})`
    default:
  }
  if (certificateCodes.test(code)) {
    const [fact] = message.split(';', 1)
    return `the TLS certificate of ${peer} is not trusted: ${fact} (${code}); NODE_EXTRA_CA_CERTS can name a file with more authorities`
  }
  if (tlsCodes.test(code)) {
    const [, reason = code] = /:SSL routines:[^:]*:([^:]+)/.exec(message) ?? []
    return `TLS with ${peer} failed: ${reason}; does it speak https?`
  }
  if (code.startsWith('HPE_')) {
    return `${peer} did not answer in HTTP/1.1: ${message}`
  }
  if (/^(?:Z_|ERR_BROTLI_|ZSTD_)/.test(code))
    return `the answer from ${peer} is not compressed as it claims: ${message}`
  return `${peer}: ${message}`
}

/** UTF-16 units shown of what Node says: it quotes certificates and answers. */
const messageUnitsMax = 300

function innermostCause(error: unknown): unknown {
  let cause = error
  while (cause instanceof Error && cause.cause !== undefined) cause = cause.cause
  return cause
}

function partsOf(cause: unknown): { code: string; message: string } {
  if (!(cause instanceof Error)) return { code: '', message: oneLine(String(cause), messageUnitsMax) }
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
  // With one error per attempted address, it is an `AggregateError` without a message.
  return { code, message: oneLine(cause.message || code || cause.name, messageUnitsMax) }
}

const certificateCodes = /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT_|HOSTNAME_MISMATCH|INVALID_CA)/

const tlsCodes = /^(?:ERR_SSL_|ERR_TLS_|EPROTO)/
