/** Set algebra on postings: ascending arrays of series ids without duplicates. Inputs are never changed. */
import type { SeriesId } from './history-source.ts'

export type Postings = readonly SeriesId[]

/** Ids in both. */
export function intersect(left: Postings, right: Postings): Postings {
  const result: SeriesId[] = []
  let l = 0
  let r = 0
  while (l < left.length && r < right.length) {
    const difference = left[l]! - right[r]!
    if (difference === 0) result.push(left[l]!)
    if (difference <= 0) l++
    if (difference >= 0) r++
  }
  return result
}

/** Ids in either. */
export function unite(left: Postings, right: Postings): Postings {
  const result: SeriesId[] = []
  let l = 0
  let r = 0
  while (l < left.length || r < right.length) {
    const fromLeft = left[l] ?? Number.POSITIVE_INFINITY
    const fromRight = right[r] ?? Number.POSITIVE_INFINITY
    result.push(Math.min(fromLeft, fromRight))
    if (fromLeft <= fromRight) l++
    if (fromRight <= fromLeft) r++
  }
  return result
}

/** Ids in `left` that are not in `right`. */
export function subtract(left: Postings, right: Postings): Postings {
  const result: SeriesId[] = []
  let r = 0
  for (const id of left) {
    while (r < right.length && right[r]! < id) r++
    if (right[r] !== id) result.push(id)
  }
  return result
}
