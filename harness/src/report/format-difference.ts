/** One difference in words: `json.value: expected <101.5 ±0.1>, got 101.7`. */
import { escapeUnprintable, type Micros, shortenAndCount } from '@slung/runtime'
import type { Difference } from '../compare/match-value.ts'
import { formatExpectedValue, formatName, formatValue } from './format-value.ts'
import type { TimePrinter } from './time-printer.ts'

export function formatDifference({ path, expected, actual, note }: Difference, times: TimePrinter): string {
  const isTime = path === 'at' || path === 'timestamp'
  const time = (micros: Micros): string => times.print(micros).trimEnd()
  const remark = note === null ? '' : ` (${note})`
  if (isTime && typeof expected === 'number' && typeof actual === 'number') {
    return `${path}: expected ${time(expected)}, got ${time(actual)}${remark}`
  }
  const from = firstDifference(expected, actual)
  if (from > contextUnits) {
    const [wanted, came] = [expected, actual].map(
      (text) => `…${JSON.stringify(String(text).slice(from - contextUnits))}`,
    )
    return `${path}: from character ${from + 1} on expected ${shown(wanted!)}, got ${shown(came!)}${remark}`
  }
  const isName = path === 'http' || path === 'ws'
  const wanted = isName ? formatName(expected) : formatExpectedValue(expected)
  const came = isName ? formatName(actual) : formatValue(actual)
  return `${path}: expected ${shown(wanted)}, got ${shown(came)}${remark}`
}

/** Two of them fit a line of a usual terminal. */
const valueUnitsMax = 80
/** How much is shown of what two long texts have in common before they differ. */
const contextUnits = 20

function shown(text: string): string {
  return shortenAndCount(escapeUnprintable(text), valueUnitsMax)
}

/** Where two texts begin to differ when they are too long to be shown whole; −1 for anything else. */
function firstDifference(expected: unknown, actual: unknown): number {
  if (typeof expected !== 'string' || typeof actual !== 'string') return -1
  if (Math.max(expected.length, actual.length) <= valueUnitsMax) return -1
  let index = 0
  while (index < expected.length && expected[index] === actual[index]) index++
  return index
}
