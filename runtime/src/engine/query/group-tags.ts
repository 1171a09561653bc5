/** Which group of a query a series belongs to: that of its tags with the keys that the query groups by. */
import { hasKey } from './match-tags.ts'
import type { Query } from './query.ts'

/**
 * The tags that make the group of a series, in the order of the keys; of a key that a series has twice, all its tags.
 * Empty for a query without groups, whose samples are all together.
 *
 * @param tags - of a series that the query selects
 */
export function groupTags({ groupBy }: Pick<Query, 'groupBy'>, tags: readonly string[]): readonly string[] {
  return groupBy.flatMap((key) => tags.filter((tag) => hasKey(tag, key)))
}

/** Equal for the tags of the same group. Tags have no control characters. */
export function groupKey(tags: readonly string[]): string {
  return tags.join('\n')
}
