/** Where the JSON bodies of two lines differ, by path: the eye does not find it in a long line. */
import { quote } from './format-body.ts'
import { matchesNode, pairMembers } from './match-value-node.ts'
import type { TimelineLine } from './timeline-lines.ts'
import type { ValueNode } from './value-node.ts'

export interface LineDifference {
  /** Such as `json.items[2].level`. */
  readonly path: string
  /** As it is written; `null` where nothing is. */
  readonly approved: string | null
  readonly came: string | null
}

/** Empty for lines without JSON bodies, where every difference is plain to see. */
export function differencesOf(approved: TimelineLine, came: TimelineLine): LineDifference[] {
  const [one, other] = [bodyOf(approved), bodyOf(came)]
  return one === undefined || other === undefined ? [] : compare('json', one, other)
}

function bodyOf({ tokens }: TimelineLine): ValueNode | undefined {
  return tokens.find(({ value }) => value?.kind === 'object' || value?.kind === 'array')?.value ?? undefined
}

function compare(path: string, approved: ValueNode | undefined, came: ValueNode | undefined): LineDifference[] {
  if (approved === undefined || came === undefined) {
    return [{ path, approved: approved?.text ?? null, came: came?.text ?? null }]
  }
  if (matchesNode(approved, came)) return []
  if (approved.kind === 'array' && came.kind === 'array') {
    return Array.from({ length: Math.max(approved.items.length, came.items.length) }, (_, index) =>
      compare(`${path}[${index}]`, approved.items[index], came.items[index]),
    ).flat()
  }
  if (approved.kind === 'object' && came.kind === 'object') {
    const both = pairMembers(approved.members, came.members)
    const paired = new Set(both.map(([, member]) => member))
    return [
      ...both.flatMap(([{ key, value }, member]) => compare(memberPath(path, key), member?.value, value)),
      ...approved.members
        .filter((member) => !paired.has(member))
        .map(({ key, value }) => ({ path: memberPath(path, key), approved: value.text, came: null })),
    ]
  }
  return [{ path, approved: approved.text, came: came.text }]
}

function memberPath(path: string, key: string): string {
  return /^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(key) ? `${path}.${key}` : `${path}[${quote(key)}]`
}
