/**
 * Pairs two lists by how well their elements fit, in order (a global alignment, Needleman and Wunsch 1970) or in any
 * order (a maximum matching, Kuhn 1955).
 *
 * A fit is 1 for elements that match, 0 for those that must not be paired, and in between for those that a reader would
 * want to see side by side. An element without a partner costs nothing, so one more or less does not shift the others.
 */

import { SlungError } from '@slung/runtime'

/** How well element `left` of the one list and `right` of the other fit; 0 to 1. Pure. */
export type Fit = (left: number, right: number) => number

/** For each element of the left list its partner in the right one; −1 without. */
export type Pairing = Int32Array

/**
 * The pairing with the largest sum of fits in which no two pairs cross.
 *
 * Lists that leave more than a million pairs to weigh, once what matches at both ends is taken off, are paired by
 * position.
 */
export function alignInOrder(leftCount: number, rightCount: number, fit: Fit): Pairing {
  const partners = pairSubsequence(leftCount, rightCount, fit)
  if (partners !== null) return partners

  const pairing = new Int32Array(leftCount).fill(-1)
  // Pairing what matches at an end is never worse: any other partner of one of the two can give way to it.
  let start = 0
  while (start < leftCount && start < rightCount && fit(start, start) === 1) pairing[start] = start++
  let leftEnd = leftCount
  let rightEnd = rightCount
  while (leftEnd > start && rightEnd > start && fit(leftEnd - 1, rightEnd - 1) === 1) pairing[--leftEnd] = --rightEnd

  const leftSpan = leftEnd - start
  const rightSpan = rightEnd - start
  const inner: Fit = (left, right) => fit(start + left, start + right)
  const middle =
    leftSpan * rightSpan <= weighedPairsMax
      ? alignByWeight(leftSpan, rightSpan, inner)
      : pairByPosition(leftSpan, rightSpan, inner)
  for (const [left, right] of middle.entries()) if (right >= 0) pairing[start + left] = start + right
  return pairing
}

/**
 * The pairing with the most matches, and then, greedily, the best fits among what is left, unless that leaves more than
 * a million pairs to weigh.
 *
 * @throws {SlungError} `too-many-pairs` for lists of which even the matches would take minutes to find
 */
export function assignInAnyOrder(leftCount: number, rightCount: number, fit: Fit): Pairing {
  if (leftCount * rightCount > matchedPairsMax) {
    throw new SlungError(
      'too-many-pairs',
      `cannot compare ${leftCount} with ${rightCount} writebacks in any order: expect fewer, or in order`,
    )
  }
  const pairing = matchInAnyOrder(leftCount, rightCount, fit)
  const taken = new Set(pairing)
  const restCount = pairing.reduce((count, partner) => count + (partner === -1 ? 1 : 0), 0)
  if (restCount * rightCount > weighedPairsMax) return pairing
  const candidates: { left: number; right: number; fit: number }[] = []
  for (let left = 0; left < leftCount; left++) {
    for (let right = 0; pairing[left] === -1 && right < rightCount; right++) {
      if (taken.has(right)) continue
      const value = fit(left, right)
      if (value > 0) candidates.push({ left, right, fit: value })
    }
  }
  candidates.sort((one, other) => other.fit - one.fit)
  for (const { left, right } of candidates) {
    if (pairing[left] !== -1 || taken.has(right)) continue
    pairing[left] = right
    taken.add(right)
  }
  return pairing
}

// A comparison of two writebacks takes about two microseconds: this is two seconds at most, for a failure nobody reads
// whole.
const weighedPairsMax = 1_000_000
/** Some forty seconds, and as many megabytes. */
const matchedPairsMax = 20_000_000

/** All of the left list paired with the earliest matches in the right one; `null` when that is impossible. */
function pairSubsequence(leftCount: number, rightCount: number, fit: Fit): Pairing | null {
  const pairing = new Int32Array(leftCount)
  let left = 0
  for (let right = 0; left < leftCount && rightCount - right >= leftCount - left; right++) {
    if (fit(left, right) === 1) pairing[left++] = right
  }
  return left === leftCount ? pairing : null
}

const takePair = 1
const skipLeft = 2
const skipRight = 3

function alignByWeight(leftCount: number, rightCount: number, fit: Fit): Pairing {
  // Filled from the end, so that walking from the start prefers the earliest pair among equals.
  const width = rightCount + 1
  const steps = new Uint8Array((leftCount + 1) * width)
  let below = new Float64Array(width)
  for (let left = leftCount - 1; left >= 0; left--) {
    const row = new Float64Array(width)
    for (let right = rightCount - 1; right >= 0; right--) {
      const value = fit(left, right)
      const paired = value > 0 ? value + below[right + 1]! : -1
      const best = Math.max(paired, below[right]!, row[right + 1]!)
      row[right] = best
      steps[left * width + right] = best === paired ? takePair : best === below[right] ? skipLeft : skipRight
    }
    below = row
  }

  const pairing = new Int32Array(leftCount).fill(-1)
  for (let left = 0, right = 0; left < leftCount && right < rightCount;) {
    const step = steps[left * width + right]
    if (step === takePair) pairing[left] = right
    if (step !== skipRight) left++
    if (step !== skipLeft) right++
  }
  return pairing
}

function pairByPosition(leftCount: number, rightCount: number, fit: Fit): Pairing {
  return Int32Array.from({ length: leftCount }, (_, index) =>
    index < rightCount && fit(index, index) > 0 ? index : -1,
  )
}

function matchInAnyOrder(leftCount: number, rightCount: number, fit: Fit): Pairing {
  const pairing = new Int32Array(leftCount).fill(-1)
  const owners = new Int32Array(rightCount).fill(-1)
  const known = new Uint8Array(leftCount * rightCount)
  const isMatch = (left: number, right: number): boolean => {
    const cell = left * rightCount + right
    known[cell] ||= fit(left, right) === 1 ? 2 : 1
    return known[cell] === 2
  }

  /** Finds a partner, asking owners of a possible one to move on; `asked` keeps that from going in circles. */
  const place = (left: number, asked: Uint8Array): boolean => {
    for (let right = 0; right < rightCount; right++) {
      if (asked[right] === 1 || !isMatch(left, right)) continue
      asked[right] = 1
      if (owners[right] !== -1 && !place(owners[right]!, asked)) continue
      owners[right] = left
      pairing[left] = right
      return true
    }
    return false
  }
  for (let left = 0; left < leftCount; left++) place(left, new Uint8Array(rightCount))
  return pairing
}
