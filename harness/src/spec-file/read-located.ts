/**
 * Reads values out of a located YAML tree (`located.ts`). Every kind of value that specs hold in more than one place is read here,
 * and only here; each reader reports what it does not like at its place, and returns `null`.
 */
import {
  expectedDuration,
  isSameNumber,
  listWords,
  type Micros,
  parseDuration,
  parseTimestamp,
  QuerySyntaxError,
  quoteJson,
  SlungError,
  suggest,
  timestampMicrosMax,
  WrittenNumber,
} from '@slung/runtime'
import { parsePlaceholder } from '../compare/placeholder.ts'
import { parseTimeOrOffset, type TimeOrOffset } from '../run/time-or-offset.ts'
import type { Located, LocatedScalar, Report } from './located.ts'
import type { Position } from './spec.ts'

/** The values of a mapping by key, and where it stands. */
export interface Fields extends Position {
  get(key: string): Located | undefined
  has(key: string): boolean
  /** What a reader makes of the value of a key; `null` also when the key is missing. */
  read<Value>(key: string, reader: (located: Located) => Value | null): Value | null
}

/**
 * The fields of a mapping. An unknown key is reported with the nearest known one, whose value it then stands for: so a slip is
 * reported once, and not again as a missing key.
 *
 * @param what - for messages, with its article: `a test`
 */
export function readFields(located: Located, what: string, known: readonly string[], report: Report): Fields | null {
  if (located.kind !== 'mapping') {
    report(located, `${what} is ${found(located)}, expected a mapping with ${listWords(known)}`)
    return null
  }
  const values = new Map<string, Located>()
  for (const { key, value } of located.entries) if (known.includes(key)) values.set(key, value)
  for (const entry of located.entries) {
    if (known.includes(entry.key)) continue
    const meant = suggest(entry.key, known)
    const hint = meant === null ? '' : `did you mean "${meant}"? `
    report(entry, `unknown key "${entry.key}" in ${what}; ${hint}known keys: ${known.join(', ')}`)
    if (meant !== null && !values.has(meant)) values.set(meant, entry.value)
  }
  return {
    ...placeOf(located),
    get: (key) => values.get(key),
    has: (key) => values.has(key),
    read(key, reader) {
      const value = values.get(key)
      return value === undefined ? null : reader(value)
    },
  }
}

/** Only the position, to be part of a value that is made from what stands there. */
export function placeOf({ line, column }: Position): Position {
  return { line, column }
}

/** `null` also for a list or a mapping. */
export function scalarOf(located: Located): LocatedScalar['value'] {
  return located.kind === 'scalar' ? located.value : null
}

/** A number that a sample may have as its value; `null` for anything else, such as one too large for a double. */
export function doubleOf(located: Located): number | null {
  const value = scalarOf(located)
  if (!(value instanceof WrittenNumber)) return typeof value === 'number' ? value : null
  return whyNoDouble(value) === null ? Number(value) : null
}

/** For messages. A fraction may be rounded, as in every program that reads it; `null` for that, and for what is a double. */
function whyNoDouble(number: WrittenNumber): string | null {
  const double = Number(number)
  if (!Number.isFinite(double)) return 'too large for a double'
  if (double === 0) return 'too small for a double'
  if (!Number.isInteger(double) || isSameNumber(double, number)) return null
  return `not a double: the nearest one is ${BigInt(double)}`
}

/** The text of a scalar, for notations that YAML may take for numbers; empty for a list or a mapping. */
export function scalarText(located: Located): string {
  return located.kind === 'scalar' ? `${located.isSigned ? '+' : ''}${String(located.value)}` : ''
}

/** Any text, the empty one included. @param what - for messages: `"text" of an expected ws writeback` */
export function readText(located: Located, what: string, report: Report): string | null {
  const value = scalarOf(located)
  if (typeof value === 'string') return value
  const hint = value === null ? '' : ` (in quotes: "${String(value)}")`
  report(located, `${what} is ${found(located)}, expected a string${hint}`)
  return null
}

/** A text that is not empty. */
export function readName(located: Located, what: string, report: Report): string | null {
  const text = readText(located, what, report)
  if (text !== '') return text
  report(located, `${what} is empty, expected a string`)
  return null
}

/** Whether a scalar is a number, even one that no double stands for. */
export function isNumber(value: LocatedScalar['value']): value is number | WrittenNumber {
  return typeof value === 'number' || value instanceof WrittenNumber
}

/** A name, or a connection id as text: inputs hold both as text. */
export function readProducer(located: Located, what: string, report: Report): string | null {
  const value = scalarOf(located)
  return isNumber(value) ? String(value) : readName(located, what, report)
}

/** One of a few words. @param expected - for messages: `queue or latest` */
export function readWord<Word extends string>(
  located: Located,
  what: string,
  words: readonly Word[],
  expected: string,
  report: Report,
): Word | null {
  const value = scalarOf(located)
  const word = words.find((candidate) => candidate === value)
  if (word !== undefined) return word
  const meant = typeof value === 'string' ? suggest(value, words) : null
  const hint = meant === null ? '' : `; did you mean "${meant}"?`
  report(located, `${what} is ${found(located)}, expected ${expected}${hint}`)
  return null
}

/** `false` for a missing one. */
export function readFlag(located: Located | undefined, what: string, report: Report): boolean {
  if (located === undefined) return false
  const value = scalarOf(located)
  if (typeof value === 'boolean') return value
  report(located, `${what} is ${found(located)}, expected true or false`)
  return false
}

/** How often something is to be taken; 1 where nothing is said. @param what - for messages: `"times" of an answer` */
export function readTimes(located: Located | undefined, what: string, report: Report): number {
  if (located === undefined) return 1
  const value = scalarOf(located)
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= timesMax) return value
  report(located, `${what} is ${found(located)}, expected a whole number from 1 to ${timesMax}`)
  return 1
}

/** More would only be a slip: nobody reads the report on so many. */
const timesMax = 100_000

/**
 * The items of a list.
 *
 * @param of - what the list holds, for messages: `a list of tests`
 * @param atLeast - for messages when it must not be empty: `at least one test`
 */
export function readList(
  located: Located,
  what: string,
  of: string,
  report: Report,
  atLeast?: string,
): readonly Located[] | null {
  if (located.kind !== 'list') {
    report(located, `${what} is ${found(located)}, expected ${of}`)
    return null
  }
  return atLeast === undefined ? located.items : readOneOrMore(located, what, atLeast, report)
}

/** The items of a list that must not be empty; anything else stands for a list of itself. */
export function readOneOrMore(located: Located, what: string, atLeast: string, report: Report): readonly Located[] {
  if (located.kind !== 'list') return [located]
  if (located.items.length === 0) report(located, `${what} is an empty list, expected ${atLeast}`)
  return located.items
}

export function readTime(located: Located, what: string, report: Report): Micros | null {
  const time = parseTimestamp(scalarText(located))
  if (time === null) report(located, `${what} is ${found(located)}, expected ${expectedTime(scalarText(located))}`)
  return time
}

/** A time as `readTime` reads it, or `+10m`: what that is after is settled when the input has been read. */
export function readTimeOrOffset(located: Located, what: string, report: Report): TimeOrOffset | null {
  const text = scalarText(located)
  const time = parseTimeOrOffset(text)
  if (time !== null) return time
  const [, offset, number, unit] = /^\s*\+\s*(([\d.]*)(.*))$/s.exec(text) ?? []
  const example = !number ? '+10m' : `+${number}s or +${number}m`
  const expectedOffset =
    number && unit
      ? expectedDuration(offset!, 'a duration, such as +10m')
      : `a duration with its unit, such as ${example}`
  const expected = offset === undefined ? `${expectedTime(text)}; or +10m` : `+ and ${expectedOffset}`
  report(located, `${what} is ${found(located)}, expected ${expected}`)
  return null
}

/** What a text that is not a time should be; only numbers may be out of range. */
function expectedTime(text: string): string {
  return /^\s*[+-]?\d+\s*$/.test(text)
    ? `microseconds since 1970 within ±${timestampMicrosMax}`
    : `a time: ${timeForms}`
}

const timeForms = '2026-01-01T00:00:07Z, 2026-01-01 00:00:07 (UTC) or microseconds since 1970'

/** In microseconds, ≥ 0. */
export function readDuration(located: Located, what: string, report: Report): Micros | null {
  const micros = parseDuration(scalarText(located))
  if (micros === null) {
    const expected = expectedDuration(scalarText(located), 'a duration such as 250ms, 10s or 2h')
    report(located, `${what} is ${found(located)}, expected ${expected}`)
  }
  return micros
}

/** In microseconds; a sign may stand before it. */
export function readSignedDuration(located: Located, what: string, report: Report): Micros | null {
  const [, sign, duration = ''] = /^\s*([+-]?)(.*)$/s.exec(scalarText(located)) ?? []
  const micros = parseDuration(duration)
  if (micros === null) {
    const expected = expectedDuration(duration, 'a duration such as 2s or -250ms')
    report(located, `${what} is ${found(located)}, expected ${expected}`)
  }
  // Negating 0 would make it −0.
  return sign === '-' && micros !== null && micros > 0 ? -micros : micros
}

/** The text of a placeholder; `null` for anything else. A malformed one counts as read, because it has been reported. */
export function readPlaceholder(located: Located, report: Report): string | null {
  const value = scalarOf(located)
  const text = typeof value === 'string' ? value : ''
  const read = attemptAt(located, report, () => [parsePlaceholder(text)])
  return read !== null && read[0] === null ? null : text
}

/** A text that may be a placeholder; a malformed one is reported. */
export function readExpectedText(located: Located, what: string, report: Report): string | null {
  const text = readText(located, what, report)
  if (text !== null) readPlaceholder(located, report)
  return text
}

/** JSON in which any text may be a placeholder; malformed ones are reported where they stand. */
export function readExpectedJson(located: Located, report: Report): unknown {
  readPlaceholder(located, report)
  return toJson(located, (part) => readExpectedJson(part, report))
}

/** JSON as it stands there. */
export function readJson(located: Located): unknown {
  return toJson(located, readJson)
}

function toJson(located: Located, read: (part: Located) => unknown): unknown {
  switch (located.kind) {
    case 'scalar':
      return located.value
    case 'list':
      return located.items.map(read)
    case 'mapping':
      // Unlike an assignment, this makes "__proto__" a key like any other.
      return Object.fromEntries(located.entries.map(({ key, value }) => [key, read(value)]))
  }
}

/** Performs `attempt`; an error about what is written there becomes a problem at that place. */
export function attemptAt<Result>(at: Position, report: Report, attempt: () => Result): Result | null {
  try {
    return attempt()
  } catch (error) {
    if (!(error instanceof SlungError || error instanceof QuerySyntaxError)) throw error
    report(at, error.message)
    return null
  }
}

/** What the author wrote, for messages: `a list`, `the string "yes"`, `empty`. */
export function found(located: Located): string {
  if (located.kind !== 'scalar') return `a ${located.kind}`
  const { value } = located
  if (value === null || value === '') return 'empty'
  if (value instanceof WrittenNumber) {
    const reason = whyNoDouble(value)
    return `number ${value.text}${reason === null ? '' : ` (${reason})`}`
  }
  if (typeof value !== 'string') return `${typeof value} ${scalarText(located)}`
  return `the string ${quoteJson(value)}`
}
