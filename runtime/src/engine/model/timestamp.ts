/**
 * Time in this project: integer microseconds since the Unix epoch, as a `number`.
 *
 * Microseconds are exact in a double until the year 2255, so `bigint` appears only at the WebAssembly border.
 */
import { SlungError } from './slung-error.ts'

/** Microseconds since the Unix epoch (negative before 1970); an integer within ±`timestampMicrosMax`. */
export type Micros = number

/** The largest magnitude of a timestamp: 2^53 − 1 µs. */
export const timestampMicrosMax: Micros = Number.MAX_SAFE_INTEGER

/** @throws {SlungError} `bad-timestamp` unless `value` is an integer within ±`timestampMicrosMax` */
export function assertTimestamp(value: number): void {
  if (!Number.isSafeInteger(value)) {
    throw new SlungError(
      'bad-timestamp',
      `timestamp ${value} is not an integer number of microseconds within ±${timestampMicrosMax}`,
    )
  }
}

/**
 * Prints a timestamp for people: RFC 3339 in UTC with as many fractional digits as needed (none, 3 or 6).
 * Outside the years 0–9999 it prints the number of microseconds.
 *
 * @example formatTimestamp(1_500_000) // "1970-01-01T00:00:01.500Z"
 */
export function formatTimestamp(micros: Micros): string {
  const millis = Math.floor(micros / 1000)
  const rest = micros - millis * 1000
  if (millis < -62_167_219_200_000 || millis > 253_402_300_799_999) return `${micros}µs`
  const text = new Date(millis).toISOString()
  if (rest !== 0) return `${text.slice(0, -1)}${String(rest).padStart(3, '0')}Z`
  return text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text
}
