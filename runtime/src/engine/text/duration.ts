/**
 * Durations: a whole number and a unit, read and written. The units are those of the query language, seconds to weeks (months
 * and years have no fixed length), and smaller ones that settings and tests need: milliseconds are read and written,
 * microseconds only written.
 */

/** Every spelling of the query language, in lower case, with its length in microseconds. */
const microsByName: ReadonlyMap<string, number> = new Map(
  [
    { names: ['s', 'sec', 'secs', 'second', 'seconds'], seconds: 1 },
    { names: ['m', 'min', 'mins', 'minute', 'minutes'], seconds: 60 },
    { names: ['h', 'hr', 'hrs', 'hour', 'hours'], seconds: 3600 },
    { names: ['d', 'day', 'days'], seconds: 86_400 },
    { names: ['w', 'wk', 'wks', 'week', 'weeks'], seconds: 604_800 },
  ].flatMap(({ names, seconds }) => names.map((name): [string, number] => [name, seconds * 1_000_000])),
)

export const durationUnitNames: readonly string[] = [...microsByName.keys()]

/** The length of a unit of the query language in microseconds, in any letter case; `undefined` = no such unit. */
export function microsPerUnit(name: string): number | undefined {
  return microsByName.get(name.toLowerCase())
}

/**
 * Returns the length in microseconds, a safe integer ≥ 0; `null` when the text is not a duration, or exceeds that
 * range. The unit is required: a bare number would mean seconds to one reader and milliseconds to the next.
 *
 * @example parseDuration('250ms') // 250_000
 */
export function parseDuration(text: string): number | null {
  const [, count, unit] = /^(\d+) *([a-z]+)$/i.exec(text.trim()) ?? []
  if (count === undefined || unit === undefined) return null
  const unitMicros = unit.toLowerCase() === 'ms' ? 1000 : microsPerUnit(unit)
  if (unitMicros === undefined) return null
  const micros = Number(count) * unitMicros
  return Number.isSafeInteger(micros) ? micros : null
}

/**
 * What a refused text should be, for messages.
 *
 * @param forms - what one looks like: `a duration such as 10s`
 * @returns the longest duration when the text exceeds it, otherwise `forms`
 */
export function expectedDuration(text: string, forms: string): string {
  const isTooLong = parseDuration(text) === null && parseDuration(text.replace(/\d+/, '1')) !== null
  return isTooLong ? `a duration up to ${longestWeeks}w` : forms
}

// 285 years.
const longestWeeks = 14_892

/**
 * Writes a duration exactly, in the longest unit that divides it.
 *
 * @param micros - may be negative; the sign is kept
 *
 * @example formatDuration(5_400_000_000) // "90m"
 */
export function formatDuration(micros: number): string {
  // Negative zero prints without its sign.
  if (micros === 0) return '0s'
  const [unit, unitMicros] = printedUnits.find(([, each]) => micros % each === 0) ?? ['µs', 1]
  return `${micros / unitMicros}${unit}`
}

/**
 * Writes a duration for people, in its two largest units, and drops the rest.
 *
 * @param micros - ≥ 0
 *
 * @example formatDurationRoughly(90_500_000) // "1m 30s"
 */
export function formatDurationRoughly(micros: number): string {
  const parts: string[] = []
  let rest = micros
  for (const [unit, unitMicros] of printedUnits) {
    // Weeks are for round numbers: nobody calls an alarm that was 8 days late "1w 1d" late.
    if (unit === 'w') continue
    const count = Math.floor(rest / unitMicros)
    rest -= count * unitMicros
    if (count > 0) parts.push(`${count}${unit}`)
  }
  return parts.length === 0 ? '0s' : parts.slice(0, 2).join(' ')
}

const printedUnits: readonly (readonly [unit: string, micros: number])[] = [
  ['w', 604_800_000_000],
  ['d', 86_400_000_000],
  ['h', 3_600_000_000],
  ['m', 60_000_000],
  ['s', 1_000_000],
  ['ms', 1000],
  ['µs', 1],
]
