/**
 * Finds what an author probably meant: the nearest of the valid words.
 *
 * Distance counts typing slips (Damerau 1964): an extra, missing or wrong letter, or two neighbours swapped; letter
 * case does not count.
 */

/**
 * Picks the candidate nearest to a word, the first among equals; `null` when none is near. Near means within one slip
 * for every three letters (one slip is always near, unless it would leave nothing of the word).
 *
 * @example suggest('AGV', ['AVG', 'MIN']) // "AVG"
 */
export function suggest(word: string, candidates: readonly string[]): string | null {
  let nearest: string | null = null
  let nearestSlips = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const longer = Math.max(word.length, candidate.length)
    const slipsMax = Math.min(Math.max(1, Math.floor(longer / 3)), longer - 1)
    // The difference in length is a free lower bound: very long words are never compared.
    if (Math.abs(word.length - candidate.length) > slipsMax) continue
    const slips = countSlips(word.toLowerCase(), candidate.toLowerCase())
    if (slips <= slipsMax && slips < nearestSlips) {
      nearest = candidate
      nearestSlips = slips
    }
  }
  return nearest
}

/**
 * The number of slips that turn one text into another; letter case counts. The "optimal string alignment" distance, row
 * by row: no letter takes part in two slips. Costs the product of both lengths.
 */
export function countSlips(left: string, right: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1]
      let slips = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1))
      if (row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]) {
        slips = Math.min(slips, beforeLast[column - 2]! + 1)
      }
      current.push(slips)
    }
    beforeLast = last
    last = current
  }
  return last[right.length]!
}
