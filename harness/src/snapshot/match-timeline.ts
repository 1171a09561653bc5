/**
 * Compares an approved timeline with the one that came, and says what approving the latter would write.
 *
 * Approving rewrites what changed and nothing else: a line that matches stays as it was written, and in one that does not,
 * the placeholders that still match.
 */
import { alignLines } from './align-lines.ts'
import { likenessOfLines, matchesLine, mergeLine } from './match-line.ts'
import { parseLine, parseTimeline, type TimelineLine } from './timeline-lines.ts'

/** One line of either or both timelines. `position` is the index of the line that came. */
export type LinePair =
  | { readonly kind: 'match'; readonly approved: TimelineLine; readonly came: TimelineLine; readonly position: number }
  | {
      readonly kind: 'changed'
      readonly approved: TimelineLine
      readonly came: TimelineLine
      readonly position: number
    }
  | { readonly kind: 'gone'; readonly approved: TimelineLine }
  | { readonly kind: 'new'; readonly came: TimelineLine; readonly position: number }

export interface TimelineMatch {
  readonly matches: boolean
  /** In reading order; every line of both timelines occurs once. */
  readonly pairs: readonly LinePair[]
  /** The approved lines, updated: the timeline that came matches them. */
  readonly merged: readonly string[]
}

/**
 * @param approved - as `formatTimeline` makes it, or with placeholders written into it
 * @param came - the lines of `formatTimeline`
 * @throws {SlungError} `bad-placeholder` with the number of the approved line
 */
export function matchTimeline(approved: string, came: readonly string[]): TimelineMatch {
  const approvedLines = parseTimeline(approved)
  const cameLines = came.map(parseLine)
  const pairing = alignLines(
    approvedLines.length,
    cameLines.length,
    (left, right) => matchesLine(approvedLines[left]!, cameLines[right]!),
    (left, right) => likenessOfLines(approvedLines[left]!, cameLines[right]!),
  )
  const pairs = pairLines(approvedLines, cameLines, pairing)
  return {
    matches: pairs.every(({ kind }) => kind === 'match'),
    pairs,
    merged: pairs.flatMap((pair) => {
      if (pair.kind === 'gone') return []
      return pair.kind === 'new' ? pair.came.text : mergeLine(pair.approved, pair.came)
    }),
  }
}

function pairLines(
  approvedLines: readonly TimelineLine[],
  cameLines: readonly TimelineLine[],
  pairing: Int32Array,
): LinePair[] {
  const pairs: LinePair[] = []
  let position = 0
  const addNew = (end: number): void => {
    for (; position < end; position++) pairs.push({ kind: 'new', came: cameLines[position]!, position })
  }
  for (const [index, partner] of pairing.entries()) {
    const approved = approvedLines[index]!
    if (partner === -1) {
      pairs.push({ kind: 'gone', approved })
      continue
    }
    addNew(partner)
    const came = cameLines[partner]!
    pairs.push({ kind: matchesLine(approved, came) ? 'match' : 'changed', approved, came, position })
    position++
  }
  addNew(cameLines.length)
  return pairs
}
