/** Checks options when a generator is made: not only by types, since tests are often not type-checked before they run. */
import { suggest } from '@slung/runtime'

/**
 * @param action - what cannot be done, such as `generate "temp"`
 * @throws {TypeError} for the first option that is not known
 */
export function checkKeys(action: string, options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue
    const meant = suggest(key, known)
    const hint = meant === null ? `known are ${known.join(', ')}` : `did you mean "${meant}"?`
    throw new TypeError(`cannot ${action}: unknown option "${key}", ${hint}`)
  }
}

/** @throws {TypeError} for the first one that is not finite */
export function checkNumbers(action: string, numbers: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (!Number.isFinite(value)) throw new TypeError(`cannot ${action}: ${name} is ${shown(value)}, expected a number`)
  }
}

/** For messages: texts in quotes. */
export function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
