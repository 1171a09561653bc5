/** Decides whether a tag expression selects a series: the one evaluator, for live queries and history alike. */
import type { TagExpression } from './query.ts'

/**
 * Evaluates a tag expression. Tags are compared whole, byte for byte: `host=a` says nothing about `host=ab`.
 *
 * @param tags - the tags of one series, as made by `createSeries`
 */
export function matchesTags(expression: TagExpression, tags: readonly string[]): boolean {
  switch (expression.kind) {
    case 'everything':
      return true
    case 'tag':
      return tags.includes(expression.tag)
    case 'key':
      return tags.some((tag) => hasKey(tag, expression.key))
    case 'not':
      return !matchesTags(expression.operand, tags)
    case 'and':
      return matchesTags(expression.left, tags) && matchesTags(expression.right, tags)
    case 'or':
      return matchesTags(expression.left, tags) || matchesTags(expression.right, tags)
  }
}

/** Whether a tag is `key=value`, with any value. A tag without `=` has no key. */
export function hasKey(tag: string, key: string): boolean {
  return tag.startsWith(key) && tag[key.length] === '='
}
