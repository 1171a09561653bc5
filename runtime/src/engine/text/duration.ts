/** Durations and their units, seconds to weeks. Months and years have no fixed length and are not among them. */
import { assert } from '../model/assert.ts'

/** Every spelling, in lower case, with its length in microseconds. */
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

/** The length of a unit in microseconds; any letter case. `undefined` = no such unit. */
export function microsPerUnit(name: string): number | undefined {
  return microsByName.get(name.toLowerCase())
}

/** Writes a duration in the longest unit that divides it. Only whole seconds can be written. */
export function formatDuration(micros: number): string {
  if (micros === 0) return '0s'
  const unit = ['w', 'd', 'h', 'm', 's'].find((name) => micros % microsOf(name) === 0)
  assert(unit !== undefined, 'a duration is a whole number of seconds')
  return `${micros / microsOf(unit)}${unit}`
}

function microsOf(unit: string): number {
  return microsByName.get(unit) ?? Number.NaN
}
