/** Reads the name of a time unit, as a spec (`time_unit: ms`) or a flag (`--time-unit ms`) gives it. */
import { timeUnits, type TimeUnit } from '../model/parse-timestamp.ts'
import { SlungError } from '../model/slung-error.ts'
import { shown } from '../query/printable.ts'
import { suggest } from '../query/suggest.ts'

/**
 * Finds the time unit of that name.
 *
 * @throws {SlungError} `bad-time-unit` for any other text, with the nearest unit when there is one
 */
export function parseTimeUnit(text: string): TimeUnit {
  const unit = timeUnits.find((candidate) => candidate === text)
  if (unit !== undefined) return unit
  const near = otherNames.get(text.toLowerCase()) ?? suggest(text, timeUnits)
  const hint = near === null ? '' : `; did you mean ${near}`
  throw new SlungError('bad-time-unit', `unknown time unit ${shown(text)}, expected ${timeUnits.join(', ')}${hint}`)
}

// What people write instead, where counting slips would lead astray ("sec" is nearest to nothing, "µs" to "s").
const otherNames: ReadonlyMap<string, TimeUnit> = new Map([
  ['sec', 's'],
  ['secs', 's'],
  ['second', 's'],
  ['seconds', 's'],
  ['millis', 'ms'],
  ['millisecond', 'ms'],
  ['milliseconds', 'ms'],
  ['µs', 'us'],
  ['μs', 'us'],
  ['micros', 'us'],
  ['microsecond', 'us'],
  ['microseconds', 'us'],
  ['nanos', 'ns'],
  ['nanosecond', 'ns'],
  ['nanoseconds', 'ns'],
])
