/**
 * What the windows of one guest may hold together. Each keeps its samples in memory, outside of what the guest's own
 * memory counts, so a thousand subscriptions over a long history would fill the machine's.
 */
import { SlungError } from '../model/slung-error.ts'
import type { Query } from '../query/query.ts'
import { grouped } from '../text/words.ts'

/** Samples in the windows of a guest: in columns of 24 bytes, twice as many where `MIN` or `MAX` needs them, some 200 MB. */
export const windowSamplesMaxDefault = 4_000_000

/** What a sample in a window takes in memory, at most: three columns, which may be half empty. */
export const windowSampleBytes = 48

const remedy = 'narrow the range or free handles, or raise "window_samples" under [limits]'

/**
 * What a group of a query takes up besides the samples in its window, as a number of samples: for its columns, its
 * producers and its place in the queues, some 1,500 bytes.
 */
export const groupSamples = 32

/** Why a window may not begin with `count` samples, those for its groups included; `undefined` = there is room. */
export function windowTooLarge(query: Query, count: number, room: number): SlungError | undefined {
  if (count <= room) return undefined
  const what = `cannot subscribe to "${query.text}": its window would begin with ${grouped(count)} samples${forGroups(query)}`
  return new SlungError(
    'too-many-window-samples',
    `${what}, and there is room for ${grouped(room)} more in the windows of this workflow; ${remedy}`,
  )
}

/** Windows that grew too large with what arrived. @param largest - the query with the most samples */
export function windowsOverflow(count: number, max: number, largest: Query, largestCount: number): SlungError {
  const found = `the windows of its live queries hold ${grouped(count)} samples, and may hold ${grouped(max)}`
  return new SlungError(
    'too-many-window-samples',
    `${found}: ${grouped(largestCount)} are in that of "${largest.text}"${forGroups(largest)}; ${remedy}`,
  )
}

/** What a count of samples includes besides those in windows. */
function forGroups({ groupBy }: Query): string {
  return groupBy.length === 0 ? '' : `, with ${groupSamples} for each of its groups`
}
