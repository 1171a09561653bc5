/**
 * Compares an approved value with the one that came, and updates an approved value without losing its placeholders.
 *
 * Objects have the same members in any order, arrays the same elements in the same order. Numbers are equal when they
 * are written the same way.
 */
import { parseJson } from '@slung/runtime'
import { matchesPlaceholder } from '../compare/placeholder.ts'
import type { Member, ValueNode } from './value-node.ts'

/** @param came - without placeholders */
export function matchesNode(approved: ValueNode, came: ValueNode): boolean {
  switch (approved.kind) {
    case 'placeholder':
      return matchesPlaceholder(approved.placeholder, valueOf(came)) || isWordLike(approved, came)
    case 'string':
      return came.kind === 'string' && came.value === approved.value
    case 'array':
      return (
        came.kind === 'array' &&
        came.items.length === approved.items.length &&
        approved.items.every((item, index) => matchesNode(item, came.items[index]!))
      )
    case 'object':
      return (
        came.kind === 'object' &&
        came.members.length === approved.members.length &&
        pairMembers(approved.members, came.members).every(
          ([member, other]) => other !== null && matchesNode(other.value, member.value),
        )
      )
    default:
      return came.kind === approved.kind && came.text === approved.text
  }
}

/**
 * The approved text with what differs replaced: `came` matches the result. Placeholders that match stay, as do those
 * that allow a tolerance, around the number that came.
 */
export function mergeNode(approved: ValueNode, came: ValueNode): string {
  if (matchesNode(approved, came)) return approved.text
  if (
    approved.kind === 'placeholder' &&
    approved.placeholder.kind === 'near' &&
    Number.isFinite(Number(valueOf(came)))
  ) {
    return approved.text.replace(nearValue, () => `<${came.text}`)
  }
  if (approved.kind === 'array' && came.kind === 'array') {
    const items = came.items.map((item, index) => mergeIfBoth(approved.items[index], item))
    return `[${items.join(',')}]`
  }
  if (approved.kind === 'object' && came.kind === 'object') {
    const members = pairMembers(approved.members, came.members).map(
      ([member, other]) => `${member.keyText}:${mergeIfBoth(other?.value, member.value)}`,
    )
    return `{${members.join(',')}}`
  }
  return came.text
}

/** How much the two have in common: 0 nothing, 1 everything. */
export function likenessOf(approved: ValueNode, came: ValueNode): number {
  if (matchesNode(approved, came)) return 1
  if (approved.kind === 'array' && came.kind === 'array') {
    const shared = approved.items.slice(0, came.items.length)
    return mean(
      shared.map((item, index) => likenessOf(item, came.items[index]!)),
      Math.max(approved.items.length, came.items.length),
    )
  }
  if (approved.kind === 'object' && came.kind === 'object') {
    return mean(
      pairMembers(approved.members, came.members).map(([{ value }, other]) =>
        other === null ? 0 : likenessOf(other.value, value),
      ),
      Math.max(approved.members.length, came.members.length),
    )
  }
  return 0
}

/** Each member that came with the approved one of that name; a name that occurs twice is paired twice. */
export function pairMembers(
  approved: readonly Member[],
  came: readonly Member[],
): (readonly [Member, Member | null])[] {
  const byKey = Map.groupBy(approved, ({ key }) => key)
  return came.map((member) => [member, byKey.get(member.key)?.shift() ?? null])
}

/** Of `<41.2 ±0.05>`, from the bracket to the sign. */
const nearValue = /<\s*[^\s±]+?(?=\s*(?:±|\+-|\+\/-))/

const wordNumber = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/

/** The value that a placeholder is matched against. */
function valueOf(node: ValueNode): unknown {
  switch (node.kind) {
    case 'string':
      return node.value
    case 'word':
      return wordNumber.test(node.text) ? Number(node.text) : node.text
    case 'scalar':
      return parseJson(node.text)
    case 'array':
      return []
    case 'object':
      return {}
    case 'placeholder':
      return node.text
  }
}

/** A word that is a number, such as a status, may also be matched as text: `</^2/>`. */
function isWordLike(approved: ValueNode & { readonly kind: 'placeholder' }, came: ValueNode): boolean {
  return (
    approved.placeholder.kind === 'regex' && came.kind === 'word' && matchesPlaceholder(approved.placeholder, came.text)
  )
}

function mergeIfBoth(approved: ValueNode | undefined, came: ValueNode): string {
  return approved === undefined ? came.text : mergeNode(approved, came)
}

function mean(parts: readonly number[], count: number): number {
  return count === 0 ? 0 : parts.reduce((sum, part) => sum + part, 0) / count
}
