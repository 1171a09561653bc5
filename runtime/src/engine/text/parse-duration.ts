/** Durations as settings are written: the units of the query language, and milliseconds, which only settings need. */
import { microsPerUnit } from './duration.ts'

/**
 * Returns the length in microseconds; `null` when the text is no duration. A unit is required: a number alone would be
 * seconds to one reader and milliseconds to the next.
 *
 * @example parseDuration('250ms') // 250_000
 */
export function parseDuration(text: string): number | null {
  const [, count, unit] = /^(\d+) *([a-z]+)$/i.exec(text.trim()) ?? []
  if (count === undefined || unit === undefined) return null
  const unitMicros = unit.toLowerCase() === 'ms' ? 1000 : microsPerUnit(unit)
  return unitMicros === undefined ? null : Number(count) * unitMicros
}
