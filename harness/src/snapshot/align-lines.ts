/**
 * Pairs the lines of two timelines: first all that match, as many as possible in order (a longest common subsequence,
 * by Myers, "An O(ND) Difference Algorithm", 1986), then, between those, the ones that are alike.
 *
 * Time and memory grow with how much differs, not with how long the timelines are.
 */
import { alignInOrder, type Fit, type Pairing } from '../compare/align.ts'

/**
 * For each left line, its partner among the right lines; −1 without one.
 *
 * @param matches - whether two lines match
 * @param likeness - of two lines: 0 for those that must not be paired, 1 only for those that match
 */
export function alignLines(
  leftCount: number,
  rightCount: number,
  matches: (left: number, right: number) => boolean,
  likeness: Fit,
): Pairing {
  let start = 0
  while (start < leftCount && start < rightCount && matches(start, start)) start++
  let endsAlike = 0
  const shortest = Math.min(leftCount, rightCount) - start
  while (endsAlike < shortest && matches(leftCount - 1 - endsAlike, rightCount - 1 - endsAlike)) endsAlike++

  const pairing = new Int32Array(leftCount).fill(-1)
  const pair = (left: number, right: number): void => {
    pairing[left] = right
  }
  for (let index = 0; index < start; index++) pair(index, index)
  for (let index = 1; index <= endsAlike; index++) pair(leftCount - index, rightCount - index)

  const middle = { left: start, right: start, leftEnd: leftCount - endsAlike, rightEnd: rightCount - endsAlike }
  const found = matchMiddle(middle, matches)
  let { left, right } = middle
  for (const [leftNext, rightNext] of [...found, [middle.leftEnd, middle.rightEnd] as const]) {
    const partners = alignInOrder(leftNext - left, rightNext - right, (one, other) =>
      likeness(left + one, right + other),
    )
    for (const [one, other] of partners.entries()) if (other >= 0) pair(left + one, right + other)
    if (leftNext < middle.leftEnd) pair(leftNext, rightNext)
    left = leftNext + 1
    right = rightNext + 1
  }
  return pairing
}

interface Span {
  readonly left: number
  readonly right: number
  readonly leftEnd: number
  readonly rightEnd: number
}

/** Added and removed lines together: 8 MB of furthest points. Nobody reads a longer list of changes. */
const differencesMax = 2000

/** The pairs of a longest common subsequence, ascending; empty when the two differ in more than can be weighed. */
function matchMiddle(
  { left, right, leftEnd, rightEnd }: Span,
  matches: (left: number, right: number) => boolean,
): (readonly [number, number])[] {
  const leftSpan = leftEnd - left
  const rightSpan = rightEnd - right
  const most = Math.min(leftSpan + rightSpan, differencesMax)
  /** By number of differences: the furthest points reached with that many. */
  const history: Furthest[] = []
  for (let differences = 0; differences <= most; differences++) {
    const before = history.at(-1)
    const furthest = new Furthest(differences)
    for (let diagonal = -differences; diagonal <= differences; diagonal += 2) {
      let reached = before === undefined ? 0 : before.stepTo(diagonal).reached
      while (
        reached < leftSpan &&
        reached - diagonal < rightSpan &&
        matches(left + reached, right + reached - diagonal)
      ) {
        reached++
      }
      furthest.set(diagonal, reached)
      if (reached >= leftSpan && reached - diagonal >= rightSpan) {
        return walkBack(history, diagonal, reached).map(([one, other]) => [left + one, right + other])
      }
    }
    history.push(furthest)
  }
  return []
}

/** The pairs on the way to a point, from its diagonal and its left line. */
function walkBack(history: readonly Furthest[], diagonal: number, reached: number): (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = []
  for (let differences = history.length; differences >= 0; differences--) {
    const step = history[differences - 1]?.stepTo(diagonal) ?? { reached: 0, from: 0 }
    for (let left = reached - 1; left >= step.reached; left--) pairs.push([left, left - diagonal])
    diagonal = step.from
    reached = history[differences - 1]?.get(diagonal) ?? 0
  }
  return pairs.reverse()
}

/**
 * The furthest left line reached with a number of differences, by diagonal: left minus right, from −`differences` up.
 */
class Furthest {
  readonly #differences: number
  readonly #lefts: Int32Array

  constructor(differences: number) {
    this.#differences = differences
    this.#lefts = new Int32Array(differences + 1)
  }

  get(diagonal: number): number {
    return this.#lefts[(diagonal + this.#differences) / 2]!
  }

  set(diagonal: number, reached: number): void {
    this.#lefts[(diagonal + this.#differences) / 2] = reached
  }

  /**
   * Where one more difference leads to on a diagonal: past a right line of the one above, or a left line of the one
   * below.
   */
  stepTo(diagonal: number): { readonly reached: number; readonly from: number } {
    const isLowest = diagonal === -this.#differences - 1
    const isHighest = diagonal === this.#differences + 1
    const isPastRight = isLowest || (!isHighest && this.get(diagonal - 1) < this.get(diagonal + 1))
    return isPastRight
      ? { reached: this.get(diagonal + 1), from: diagonal + 1 }
      : { reached: this.get(diagonal - 1) + 1, from: diagonal - 1 }
  }
}
