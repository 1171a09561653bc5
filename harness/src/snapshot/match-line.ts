/** Compares an approved line of a timeline with one that came, token by token. */
import { alignInOrder } from '../compare/align.ts'
import { likenessOf, matchesNode, mergeNode } from './match-value-node.ts'
import type { TimelineLine, Token } from './timeline-lines.ts'

export function matchesLine(approved: TimelineLine, came: TimelineLine): boolean {
  return (
    approved.text === came.text ||
    (approved.tokens.length === came.tokens.length &&
      approved.tokens.every((token, index) => matchesToken(token, came.tokens[index]!)))
  )
}

/** How much a reader would want to see the two side by side: 0 for lines that are about different things. */
export function likenessOfLines(approved: TimelineLine, came: TimelineLine): number {
  if (approved.kind !== came.kind) return 0
  const [one, other] = [approved.tokens, came.tokens]
  const shared = Math.min(one.length, other.length)
  // An extra or missing token is usually a body, in the middle.
  let fromStart = 0
  while (fromStart < shared && matchesToken(one[fromStart]!, other[fromStart]!)) fromStart++
  let sum = fromStart
  for (let index = 1; index <= shared - fromStart; index++) {
    sum += likenessOfTokens(one[one.length - index]!, other[other.length - index]!)
  }
  const likeness = sum / Math.max(one.length, other.length)
  return likeness < likenessMin ? 0 : likeness
}

/** The line that came, with its approved parts as they were approved: `came` matches the result. */
export function mergeLine(approved: TimelineLine, came: TimelineLine): string {
  if (matchesLine(approved, came)) return approved.text
  const partners = alignInOrder(approved.tokens.length, came.tokens.length, (left, right) =>
    fitOf(approved.tokens[left]!, came.tokens[right]!),
  )
  const approvedOf = new Map([...partners].map((partner, index) => [partner, approved.tokens[index]!]))
  let text = ''
  let end = 0
  for (const [index, token] of came.tokens.entries()) {
    const before = approvedOf.get(index)
    text += came.text.slice(end, token.start)
    text +=
      before?.value == null || token.value === null
        ? came.text.slice(token.start, token.end)
        : mergeNode(before.value, token.value)
    end = token.end
  }
  return text
}

/** Two lines that share less are not one line that changed. */
const likenessMin = 0.5

/** Values are paired even when they share nothing: between the same marks they mean the same thing. */
const fitMin = 0.1

function matchesToken(approved: Token, came: Token): boolean {
  if (approved.value === null || came.value === null) return approved.mark === came.mark
  return matchesNode(approved.value, came.value)
}

function likenessOfTokens(approved: Token, came: Token): number {
  if (approved.value === null || came.value === null) return approved.mark === came.mark ? 1 : 0
  return likenessOf(approved.value, came.value)
}

function fitOf(approved: Token, came: Token): number {
  if (approved.value === null || came.value === null) return approved.mark === came.mark ? 1 : 0
  return Math.max(fitMin, likenessOf(approved.value, came.value))
}
