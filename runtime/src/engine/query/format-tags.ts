/** Writes tag expressions: with AND spelled out, and parentheses wherever AND and OR meet. */
import { assert } from '../model/assert.ts'
import type { TagExpression } from './query.ts'
import { writeEachValue, writeTag } from './query-text.ts'

/** The text between the brackets; empty for `everything`, which cannot be part of another expression. */
export function formatTags(expression: TagExpression): string {
  return expression.kind === 'everything' ? '' : formatNode(expression)
}

function formatNode(node: TagExpression): string {
  assert(node.kind !== 'everything', '"everything" is never part of another tag expression')
  switch (node.kind) {
    case 'tag':
      return writeTag(node.tag)
    case 'key':
      return writeEachValue(node.key)
    case 'not':
      return `NOT ${formatAtom(node.operand)}`
    case 'and':
    case 'or': {
      // The left side needs no parentheses when it continues with the same operator, because reading groups to the left.
      const alone = node.left.kind === node.kind || (node.left.kind !== 'and' && node.left.kind !== 'or')
      const left = alone ? formatNode(node.left) : `(${formatNode(node.left)})`
      const right = node.right.kind === 'not' ? formatNode(node.right) : formatAtom(node.right)
      return `${left} ${node.kind.toUpperCase()} ${right}`
    }
  }
}

function formatAtom(node: TagExpression): string {
  return node.kind === 'tag' || node.kind === 'key' ? formatNode(node) : `(${formatNode(node)})`
}
