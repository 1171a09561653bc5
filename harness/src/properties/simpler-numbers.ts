/** Which numbers to try instead of one that makes a property fail: fewer digits first, then nearer to the plainest one. */
import { decimalsOf, roundTo } from './decimals.ts'
import type { ValueRange } from './draft.ts'

export interface SimplerNumber {
  readonly value: number
  /** Where the property is known to hold when this number is tried: on the way to the plain one, and not at it any more. */
  readonly passed: number
}

/**
 * Candidates within the range, none of which is plain itself.
 *
 * Whoever asks for the next one says so that the property holds for the one before. After one for which it fails, begin again with that
 * and its `passed`. This ends: the digits get fewer or the distance to `passed` shrinks by half. Where the property fails beyond a limit,
 * it ends at the first round number there: with a limit of 50, at 51.
 */
export function* simplerNumbers(
  value: number,
  range: ValueRange,
  passed: number = range.plain,
): Generator<SimplerNumber> {
  if (value === range.plain) return
  const decimals = decimalsOf(value)
  const direction = Math.sign(value - range.plain)
  const isBeyond = (candidate: number, other: number): boolean => (candidate - other) * direction > 0
  let known = passed
  for (let fewer = 0; fewer < decimals; fewer++) {
    const nearest = roundTo(value, fewer)
    const step = 10 ** -fewer * direction
    const towards = isBeyond(nearest, value) ? roundTo(nearest - step, fewer) : nearest
    if (isBeyond(towards, known)) {
      yield { value: towards, passed: known }
      known = towards
    }
    const away = roundTo(towards + step, fewer)
    if (away >= range.low && away <= range.high) yield { value: away, passed: known }
  }
  for (;;) {
    const middle = roundTo(known + (value - known) / 2, decimals)
    if (!isBeyond(middle, known) || !isBeyond(value, middle)) return
    yield { value: middle, passed: known }
    known = middle
  }
}
