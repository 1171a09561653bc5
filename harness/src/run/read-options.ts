/** Reads and checks the options of the TypeScript doors: not only by types, since tests are often not type-checked before they run. */
import { inspect } from 'node:util'
import { expectedDuration, parseDuration, parseTimestamp, suggest, type Micros } from '@slung/runtime'

/**
 * @param action - what cannot be done, such as `generate "temp"`
 * @throws {TypeError} for the first unknown option
 */
export function checkKeys(action: string, options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue
    const meant = suggest(key, known)
    const hint = meant === null ? `known options: ${known.join(', ')}` : `did you mean "${meant}"?`
    throw new TypeError(`cannot ${action}: unknown option "${key}"; ${hint}`)
  }
}

/** @throws {TypeError} for the first one that is not finite */
export function checkNumbers(action: string, numbers: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (!Number.isFinite(value)) throw badOption(action, name, value, 'a number')
  }
}

/**
 * @param option - for messages: `every`, `the option "tick"`
 * @returns microseconds, at least 1
 * @throws {TypeError} for anything else, numbers included: they have no unit
 */
export function readDuration(action: string, option: string, duration: string): Micros {
  const forms = 'a duration such as 10s'
  if (typeof duration !== 'string') throw badOption(action, option, duration, forms)
  const micros = parseDuration(duration)
  if (micros !== null && micros > 0) return micros
  throw badOption(action, option, duration, expectedDuration(duration, forms))
}

/** @throws {TypeError} for what is neither a time nor microseconds */
export function readTime(action: string, option: string, time: Micros | string): Micros {
  const micros = parseTimestamp(String(time))
  if (micros !== null) return micros
  throw badOption(action, option, time, 'a time such as 2026-01-01T00:00:00Z')
}

/** @param expected - a noun phrase: `a whole number from 1` */
export function badOption(action: string, option: string, found: unknown, expected: string): TypeError {
  // Anything may stand where types were not checked; JSON has no bigints, functions or circles, and throws for some.
  const shown = typeof found === 'string' ? JSON.stringify(found) : inspect(found, { depth: 0, breakLength: Infinity })
  return new TypeError(`cannot ${action}: ${option} is ${shown}, expected ${expected}`)
}
