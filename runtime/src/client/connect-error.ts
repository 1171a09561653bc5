/** Why a connection failed, in the words of the person who wants it. */
import type { SlungErrorCode } from '../engine/model/slung-error-code.ts'
import { SlungError } from '../engine/model/slung-error.ts'
import { printable } from '../engine/text/printable.ts'

/**
 * The runtime, or whatever listens in its place, refused the upgrade with an HTTP status.
 *
 * @param where - the address, for people
 * @param reason - what the answer says; `''` = nothing
 * @returns `unauthorized`, `forbidden`, `too-many-connections` or `cannot-connect`
 */
export function refusedUpgrade(where: string, status: number, reason: string, hasToken: boolean): SlungError {
  const told = reason === '' ? '' : `: ${printable(reason)}`
  switch (status) {
    case 401: {
      const found = hasToken
        ? 'the runtime expects a different token'
        : 'the runtime requires a token, and none was given'
      return failure('unauthorized', where, found)
    }
    case 403:
      return failure('forbidden', where, `the runtime does not serve this client${told}`)
    case 429:
      return failure('too-many-connections', where, `the runtime asks this client to wait${told}`)
    case 503:
      return failure('too-many-connections', where, `the runtime accepts no more connections at the moment${told}`)
    default:
      return failure('cannot-connect', where, `it answered with HTTP status ${status}${told}; is it a Slung runtime?`)
  }
}

/**
 * @param error - what the WebSocket says when it could not be opened
 * @param protocol - the subprotocol that the client requested
 */
export function failedUpgrade(where: string, error: Error, protocol: string): SlungError {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return failure('cannot-connect', where, describe(code, error, protocol), error)
}

function describe(code: string, error: Error, protocol: string): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'nothing is listening there; start a runtime with "slung run"'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the host name was not found (${code})`
    case 'ECONNRESET':
      return 'the connection was closed before it was open'
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `there is no route to it (${code})`
    default:
  }
  switch (error.message) {
    case 'Server sent no subprotocol':
      return `it does not speak the subprotocol ${protocol}, so it is not a "slung run" of this version`
    case 'Opening handshake has timed out':
      return 'it did not answer in time'
    default:
      return printable(error.message === '' ? code : error.message)
  }
}

function failure(code: SlungErrorCode, where: string, found: string, cause?: Error): SlungError {
  return new SlungError(code, `cannot connect to ${where}: ${found}`, cause && { cause })
}
