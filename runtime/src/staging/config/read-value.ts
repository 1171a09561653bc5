/**
 * Readers of single values: each takes the file's value at one path and returns the setting, or reports what is wrong
 * and returns `undefined`. `config-keys.ts` says which reader belongs to which key.
 */
import { resolve } from 'node:path'
import { TomlDate, type TomlValueWithoutBigInt as TomlValue } from 'smol-toml'
import { assert } from '../../engine/model/assert.ts'
import { SlungError } from '../../engine/model/slung-error.ts'
import { quote } from '../../engine/text/quote.ts'
import { suggest } from '../../engine/text/suggest.ts'
import type { KeyPath } from './locate-keys.ts'
import { parseByteSize } from '../../engine/text/byte-size.ts'
import { parseDuration } from '../../engine/text/duration.ts'
import { listWords } from '../../engine/text/words.ts'

export type Reader<Value> = (value: TomlValue, path: KeyPath, reading: Reading) => Value | undefined

/** Shared by all readers of one file. */
export interface Reading {
  /** The base of relative paths. */
  readonly directory: string
  readonly report: (path: KeyPath, message: string) => void
  /** Says where a misplaced key belongs; `null` = nowhere. */
  readonly homeOf: (key: string) => string | null
}

/** A reader that returns what `read` does, and reports `undefined` as "… is *found*, expected *expected*". */
function reader<Value>(read: (value: TomlValue) => Value | undefined, expected: string): Reader<Value> {
  return (value, path, { report }) => {
    const result = read(value)
    if (result === undefined) report(path, `${describePath(path)} is ${describeValue(value)}, expected ${expected}`)
    return result
  }
}

/** A text that is not empty. @param expected - for the message: `a directory` */
export function text(expected: string): Reader<string> {
  return reader((value) => (typeof value === 'string' && value.trim() !== '' ? value : undefined), expected)
}

/** A path, relative to the file that names it. */
export function filePath(expected: string): Reader<string> {
  const read = text(expected)
  return (value, path, reading) => {
    const written = read(value, path, reading)
    return written === undefined ? undefined : resolve(reading.directory, written)
  }
}

/** A text that `parse` accepts: its `SlungError` is reported without the value, which may be a secret. */
export function parsedText<Value>(parse: (written: string) => Value): Reader<Value> {
  return (value, path, { report }) => {
    if (typeof value !== 'string') {
      report(path, `${describePath(path)} is ${describeKind(value)}, expected a string in quotes`)
      return undefined
    }
    try {
      return parse(value)
    } catch (error) {
      if (!(error instanceof SlungError)) throw error
      report(path, error.message)
      return undefined
    }
  }
}

export function oneOf<Word extends string>(words: readonly Word[]): Reader<Word> {
  const expected = quotedWords(words)
  return (value, path, { report }) => {
    const word = words.find((candidate) => candidate === value)
    if (word !== undefined) return word
    const meant = typeof value === 'string' ? suggest(value, words) : null
    const hint = meant === null ? '' : `; did you mean "${meant}"?`
    report(path, `${describePath(path)} is ${describeValue(value)}, expected ${expected}${hint}`)
    return undefined
  }
}

/** Both bounds are included. */
export function wholeNumber(least: number, most: number): Reader<number> {
  return reader(
    (value) => (Number.isInteger(value) && Number(value) >= least && Number(value) <= most ? Number(value) : undefined),
    `a whole number from ${least} to ${most}`,
  )
}

/** A duration in microseconds, between two that are included. */
export function durationMicros(least: string, most: string): Reader<number> {
  return quantity((value) => (typeof value === 'string' ? parseDuration(value) : null), least, most, 'a duration')
}

/** A duration in milliseconds, between two that are included. */
export function durationMillis(least: string, most: string): Reader<number> {
  const read = durationMicros(least, most)
  return (value, path, reading) => {
    const micros = read(value, path, reading)
    return micros === undefined ? undefined : micros / 1000
  }
}

/** A number of bytes, between two that are included. */
export function byteSize(least: string, most: string): Reader<number> {
  function parse(value: TomlValue): number | null {
    return typeof value === 'string' || typeof value === 'number' ? parseByteSize(String(value)) : null
  }
  return quantity(parse, least, most, 'a size')
}

/** @param what - the kind of quantity, with its article; the bounds show its syntax */
function quantity(
  parse: (value: TomlValue) => number | null,
  least: string,
  most: string,
  what: string,
): Reader<number> {
  const [lowest, highest] = [parse(least), parse(most)]
  assert(lowest !== null && highest !== null, 'the bounds of a setting are quantities')
  return reader((value) => {
    const amount = parse(value)
    return amount !== null && amount >= lowest && amount <= highest ? amount : undefined
  }, `${what} from "${least}" to "${most}"`)
}

export function listOf<Value>(readItem: Reader<Value>): Reader<readonly Value[]> {
  return (value, path, reading) => {
    if (Array.isArray(value)) return value.flatMap((item, index) => readItem(item, [...path, index], reading) ?? [])
    reading.report(path, `${describePath(path)} is ${describeValue(value)}, expected a list in square brackets`)
    return undefined
  }
}

/** Whether a value is a table, inline or not. */
export function isTable(value: TomlValue): value is { [key: string]: TomlValue } {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date)
}

/** @example describePath(['workflow', 0, 'tick']) // '"tick" in [[workflow]]' */
export function describePath(path: KeyPath): string {
  const last = path.at(-1)!
  const parent = path.slice(0, -1)
  if (typeof last === 'number') return `item ${last + 1} of ${describePath(parent)}`
  return `${quote(last)}${parent.length === 0 ? '' : ` in ${describeTable(parent)}`}`
}

/** The header that opens a table: `[http]`, `[[workflow]]`, `[workflow.env]`. */
export function describeTable(path: KeyPath): string {
  const names = path.filter((part) => typeof part === 'string').join('.')
  return typeof path.at(-1) === 'number' ? `[[${names}]]` : `[${names}]`
}

/** The value as written, for messages; not for possible secrets. */
export function describeValue(value: TomlValue): string {
  if (typeof value === 'string') return value === '' ? 'empty' : `the string ${quote(value)}`
  if (typeof value === 'number' && Math.abs(value) === Number.POSITIVE_INFINITY) return 'too large for a double, or inf'
  return typeof value === 'object' ? describeKind(value) : String(value)
}

/** The kind of the value as written, without the value. */
export function describeKind(value: TomlValue): string {
  if (value instanceof TomlDate) return 'a date'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'a table' : `a ${typeof value}`
}

/** @example quotedWords(['json', 'text']) // '"json" or "text"' */
export function quotedWords(words: readonly string[]): string {
  return listWords(
    words.map((word) => quote(word)),
    'or',
  )
}
