/** Prints the times of one run: without the date where all are on one day, and all equally wide. */
import { formatTimestamp, type Micros } from '@slung/runtime'

export interface TimePrinter {
  print(at: Micros): string
  /** As wide as every time that was given to `createTimePrinter`. */
  readonly blank: string
}

const dayMicros = 86_400_000_000
/** As in `2026-01-01T`; other years are printed by `formatTimestamp` as microseconds. */
const dateWidth = 11

/** @param times - all that will be printed in a column */
export function createTimePrinter(times: readonly Micros[]): TimePrinter {
  const days = new Set(times.map(dayOf))
  const format = (at: Micros): string => {
    const text = formatTimestamp(at)
    // The timestamp of a written sample may be of another day than the run.
    return days.size === 1 && days.has(dayOf(at)) && text.endsWith('Z') ? text.slice(dateWidth, -1) : text
  }
  const width = times.reduce((widest, at) => Math.max(widest, format(at).length), 0)
  return { print: (at) => format(at).padEnd(width), blank: ' '.repeat(width) }
}

function dayOf(at: Micros): number {
  return Math.floor(at / dayMicros)
}
