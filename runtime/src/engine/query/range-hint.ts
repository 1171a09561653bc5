/**
 * Guesses the meaning of a time that does not follow the language. Every answer except a plain remark can be typed as
 * is.
 */
import { parseTimestamp } from '../model/parse-timestamp.ts'
import { type Micros, timestampMicrosMax } from '../model/timestamp.ts'
import { suggest } from '../text/suggest.ts'
import { formatDuration, microsPerUnit, durationUnitNames } from '../text/duration.ts'

/** @param text - a bound that could not be read; not empty */
export function hintForBound(text: string): string | null {
  const duration = readLooseDuration(text)
  if (duration !== null) return `did you mean ${duration}`
  const instant = readCalendar(text)
  if (instant !== null) return `did you mean ${instant}`
  const [, count, unit] = /^([\d.]+)\s*(\p{L}+)$/u.exec(text) ?? []
  if (count !== undefined && unit !== undefined) return hintForUnit(count, unit)
  if (microsPerUnit(text) !== undefined) return `did you mean 1${text}`
  if (/^[+-]?[\d_.]+(e\+?\d+)?$/i.test(text)) return 'write an integer with digits only'
  return suggest(text, ['now']) === null ? null : 'did you mean now'
}

/**
 * Durations in other dialects: `-1h`, `now-1h`, `1h ago`, `1.5h`, `1h30m`. `null` unless the result is whole seconds.
 */
function readLooseDuration(text: string): string | null {
  const bare = text.replace(/^now\s*-\s*|^-\s*/i, '').replace(/(?<!\s)\s+ago$/i, '')
  if (!/^(?:\d+(?:\.\d+)?\s*[a-z]+\s*)+$/i.test(bare)) return null
  let micros = 0
  for (const [, count, unit] of bare.matchAll(/([\d.]+)\s*([a-z]+)/gi)) {
    // An unknown unit makes the sum NaN. Rounding removes the binary residue of decimal fractions.
    micros += Math.round(Number(count) * (microsPerUnit(unit!) ?? Number.NaN))
  }
  return micros % 1_000_000 === 0 && micros <= timestampMicrosMax ? formatDuration(micros) : null
}

/** A calendar date, alone or with a time and whatever else makes it one moment for every reader. */
function readCalendar(text: string): Micros | null {
  return parseTimestamp(text) ?? parseTimestamp(`${text}T00:00:00Z`)
}

function hintForUnit(count: string, unit: string): string | null {
  const days = daysByUnit.get(unit.toLowerCase())
  if (days !== undefined && /^\d{1,3}$/.test(count)) return `did you mean ${Number(count) * days}d`
  if (days !== undefined) return 'the longest unit is the week'
  if (/^(?:[mµμun]s(?:ecs?)?|(?:milli|micro|nano)s.*)$/i.test(unit)) {
    return 'the shortest unit is the second; for anything finer write timestamps'
  }
  if (microsPerUnit(unit) !== undefined) return 'write a whole number of a shorter unit'
  const name = suggest(unit, durationUnitNames)
  return name !== null && /^\d+$/.test(count) ? `did you mean ${count}${name}` : null
}

// Months and years have no fixed length; these are the usual approximations.
const daysByUnit: ReadonlyMap<string, number> = new Map(
  [
    { names: ['mo', 'mon', 'month', 'months'], days: 30 },
    { names: ['y', 'yr', 'yrs', 'year', 'years'], days: 365 },
  ].flatMap(({ names, days }) => names.map((name): [string, number] => [name, days])),
)
