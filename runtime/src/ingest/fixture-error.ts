/** The error of the fixture reader: which file, which line, what is wrong with it. */
import { SlungError } from '../model/slung-error.ts'
import { printable } from '../query/printable.ts'

/**
 * A fixture that cannot be read, or one row of it.
 *
 * ```text
 * hot.csv:132: value "4O.1" is not a number
 * ```
 */
export class FixtureError extends SlungError {
  /** The fixture, as its reader was told. */
  readonly file: string
  /** Counts physical lines from 1; `null` when it is about the file as a whole. */
  readonly line: number | null
  /** What was found and what is expected, on one line, without the position. */
  readonly reason: string

  constructor(file: string, line: number | null, reason: string) {
    const text = printable(reason)
    super('bad-fixture', line === null ? text : `${file}:${line}: ${text}`)
    this.name = 'FixtureError'
    this.file = file
    this.line = line
    this.reason = text
  }
}
