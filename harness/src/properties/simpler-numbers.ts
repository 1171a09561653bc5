/**
 * Which numbers to try instead of one that makes a property fail: fewer digits first, then closer to the plainest one.
 */
import { decimalsOf, roundTo } from './decimals.ts'
import type { ValueRange } from './draft.ts'

export interface SimplerNumber {
  readonly value: number
  /** Where the property is known to hold when this number is tried: on the way to the plain one, or that one itself. */
  readonly passed: number
}

/**
 * Candidates within the range, the plain one not among them.
 *
 * Asking for the next one says that the property holds for the one before. When it fails for one, start again with that
 * one and its `passed`. This terminates: the digits get fewer, or the distance to `passed` halves. Where the property
 * fails beyond a limit, it ends at the first round number there: with a limit of 50, at 51.
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
