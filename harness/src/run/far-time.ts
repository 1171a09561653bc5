/**
 * Times that are too far from the input to be meant: `1767225600` is a second of 2026 in most tools, and here, in
 * microseconds, half an hour of 1970. With a tick, a replay would poll for decades until its first row.
 */
import { formatTimestamp, type Micros, plural } from '@slung/runtime'

/** When the first and the last row of an input arrive. */
export interface Arrivals {
  readonly first: Micros
  readonly last: Micros
}

/** @returns `null` without rows */
export function arrivalsOf(fixtures: readonly { readonly arrives: Float64Array }[]): Arrivals | null {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { arrives } of fixtures) {
    for (const time of arrives) {
      if (time < first) first = time
      if (time > last) last = time
    }
  }
  return first > last ? null : { first, last }
}

/**
 * @returns the time, how far it is and what may be meant, as the rest of a sentence such as `"start" is …`; `null` for a
 *   time within fifty years of the input
 */
export function farTimeProblem(time: Micros, arrivals: Arrivals): string | null {
  const distance = distanceTo(time, arrivals)
  if (distance <= yearsMax * yearMicros) return null
  const years = plural(Math.round(distance / yearMicros), 'year')
  const place =
    time < arrivals.first
      ? `${years} before the first row arrives, at ${formatTimestamp(arrivals.first)}`
      : `${years} after the last row arrives, at ${formatTimestamp(arrivals.last)}`
  const meant = units.find(({ micros }) => distanceTo(time * micros, arrivals) <= yearsMax * yearMicros)
  const hint =
    meant === undefined
      ? 'expected a time near the input'
      : `a time without a unit is in microseconds: if it counts ${meant.name}, write ${formatTimestamp(time * meant.micros)}`
  return `${formatTimestamp(time)}, ${place}; ${hint}`
}

function distanceTo(time: Micros, { first, last }: Arrivals): Micros {
  return Math.max(first - time, time - last, 0)
}

const yearMicros = 365.25 * 24 * 3600 * 1e6
/** No test of a workflow goes on for longer, and one in 1970 is that far from our century. */
const yearsMax = 50
const units = [
  { name: 'seconds', micros: 1e6 },
  { name: 'milliseconds', micros: 1e3 },
  { name: 'nanoseconds', micros: 1e-3 },
] as const
