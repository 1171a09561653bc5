/** Prints a span of time for people, in its two largest units. */

const unitMicros = [
  ['d', 86_400_000_000],
  ['h', 3_600_000_000],
  ['m', 60_000_000],
  ['s', 1_000_000],
  ['ms', 1000],
  ['µs', 1],
] as const

/**
 * @param micros - ≥ 0
 *
 * @example formatDuration(90_500_000) // "1m 30s"
 */
export function formatDuration(micros: number): string {
  const parts: string[] = []
  let rest = micros
  for (const [unit, size] of unitMicros) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${count}${unit}`)
  }
  return parts.length === 0 ? '0s' : parts.slice(0, 2).join(' ')
}
