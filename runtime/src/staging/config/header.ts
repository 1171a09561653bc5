/** Headers that the host adds to requests of workflows. Values are often secrets: no message here contains one. */
import { validateHeaderName, validateHeaderValue } from 'node:http'
import { SlungError } from '../../engine/model/slung-error.ts'
import { quote } from '../../engine/text/quote.ts'

/** Returns a name in lower case. @throws {SlungError} `bad-request-header` */
export function parseHeaderName(name: string): string {
  if (!isValid(() => validateHeaderName(name))) {
    // What is no name may be the value, in the wrong place.
    throw new SlungError(
      'bad-request-header',
      'the name of a header is a word such as Authorization, without spaces or a colon',
    )
  }
  const lower = name.toLowerCase()
  if (ownHeaders.has(lower) || lower.startsWith('proxy-')) {
    throw new SlungError('bad-request-header', `the header ${quote(name)} is up to the runtime; leave it out`)
  }
  return lower
}

/** Returns the value of a header unchanged. @throws {SlungError} `bad-request-header` */
export function parseHeaderValue(name: string, value: string): string {
  if (value !== '' && value.trim() === value && isValid(() => validateHeaderValue(name, value))) return value
  const found =
    value === '' ? 'is empty' : 'begins or ends with white space, or has a character that no header can have'
  throw new SlungError(
    'bad-request-header',
    `the value of the header ${quote(name)} ${found}; expected one line of Latin letters`,
  )
}

/** What frames a message or belongs to one connection, and the encodings that the runtime can read. */
const ownHeaders: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

function isValid(validate: () => void): boolean {
  try {
    validate()
    return true
  } catch {
    return false
  }
}
