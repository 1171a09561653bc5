/** The clock for events that happen now. */

let latest = 0

/**
 * Microseconds since the Unix epoch, never the same twice in one process.
 *
 * The system clock counts milliseconds here, and two samples of one series with the same timestamp would be one sample.
 * So a second call in the same millisecond gets the next microsecond.
 *
 * @example client.send({ series: 'temp', timestamp: nowMicros(), value: 21.5 })
 */
export function nowMicros(): number {
  latest = Math.max(Date.now() * 1000, latest + 1)
  return latest
}
