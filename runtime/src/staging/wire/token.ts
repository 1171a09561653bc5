/**
 * The bearer token: which texts are valid, and how it is read from a file. No message here contains a token or part of
 * one.
 */
import { readFileSync } from 'node:fs'
import { SlungError } from '../../engine/model/slung-error.ts'
import { describeFileError } from '../../engine/text/describe-file-error.ts'

/**
 * Returns the token unchanged.
 *
 * @throws {SlungError} `bad-token` unless it is printable ASCII without spaces, which every HTTP client can send
 */
export function parseToken(token: string): string {
  if (token === '') throw new SlungError('bad-token', 'the token is empty; leave it out to run without one')
  if (/^[\x21-\x7e]+$/.test(token)) return token
  throw new SlungError(
    'bad-token',
    'the token has a space, a control character or a letter that is not ASCII; expected printable ASCII without spaces',
  )
}

/**
 * Reads a file that contains only a token; line breaks at its end do not count.
 *
 * @throws {SlungError} `unreadable-file`, `bad-token`
 */
export function readTokenFile(file: string): string {
  return parseToken(readText(file).replace(/[\r\n]+$/, ''))
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new SlungError('unreadable-file', `cannot read the token file "${file}": ${describeFileError(error)}`, {
      cause: error,
    })
  }
}
