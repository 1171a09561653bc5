/** Fetches the values of `[[http.with]]` from the environment and from files. No message here contains one. */
import { readFileSync } from 'node:fs'
import { SlungError } from '../../engine/model/slung-error.ts'
import { describeFileError } from '../../engine/text/describe-file-error.ts'
import { quote } from '../../engine/text/quote.ts'
import { variableOf, type ConfigFile, type Environment, type HeaderSource } from './config-sources.ts'
import { parseHeaderValue } from './header.ts'
import { positionText } from './read-config-file.ts'
import type { HeaderConfig } from './runtime-config.ts'

/**
 * @param attempt - calls a function, and reports the `SlungError` that it throws as a problem of a place
 * @param checkPattern - throws a `SlungError` for a pattern that headers cannot be added to
 */
export function resolveHeaders(
  file: ConfigFile | null,
  environment: Environment,
  checkPattern: (pattern: string) => void,
  attempt: <Value>(where: string, perform: () => Value) => Value | undefined,
): readonly HeaderConfig[] {
  return (file?.http?.with ?? []).map(({ url, headers }, index) => {
    const path = ['http', 'with', index] as const
    attempt(positionText(file!, [...path, 'url']), () => checkPattern(url))
    const values = Object.entries(headers).flatMap(([name, source]) => {
      const value = attempt(positionText(file!, [...path, 'headers', name]), () =>
        parseHeaderValue(name, read(source, environment)),
      )
      return value === undefined ? [] : [[name, value] as const]
    })
    return { url, headers: Object.fromEntries(values) }
  })
}

function read(source: string | HeaderSource, environment: Environment): string {
  if (typeof source === 'string') return source
  const { from, file, prefix = '' } = source
  return prefix + (from === undefined ? readFile(file!) : readVariable(from, environment))
}

function readVariable(name: string, environment: Environment): string {
  const value = variableOf(environment, name)
  if (value === undefined) {
    // Something else may be the value, in the wrong place.
    const what = /^\w+$/.test(name) ? `the environment variable ${quote(name)}` : 'the environment variable of "from"'
    throw new SlungError('bad-config', `${what} is not set; set it, or remove the header`)
  }
  if (value !== '') return value
  throw new SlungError('bad-config', `the environment variable ${quote(name)} is empty; set it, or remove the header`)
}

/** Line breaks at the end do not count. */
function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/[\r\n]+$/, '')
  } catch (error) {
    throw new SlungError('unreadable-file', `cannot read the header from "${file}": ${describeFileError(error)}`, {
      cause: error,
    })
  }
}
