/** Explains a timeline that is not the approved one: how much differs, the lines themselves, and what to do. */
import { escapeUnprintable, plural, shortenAndCount } from '@slung/runtime'
import type { CausedEntry } from '../run/replay-run.ts'
import { causeOf } from '../report/describe-timeline.ts'
import { differencesOf, type LineDifference } from './line-differences.ts'
import type { LinePair, TimelineMatch } from './match-timeline.ts'

/** @param entries - what came, by line; the ending is not among them */
export function describeTimelineMatch({ pairs }: TimelineMatch, entries: readonly CausedEntry[]): string {
  return [
    describeCounts(pairs),
    '',
    '  - approved  + came',
    ...selectPairs(pairs).flatMap((pair) =>
      typeof pair === 'string' ? [`    … ${pair}`] : describePair(pair, entries),
    ),
    '',
    'if this is what the workflow should do, approve it with -u; placeholders that match stay as they are',
  ].join('\n')
}

/** For when nothing is approved and nothing may be written. */
export function describeUnapproved(came: readonly string[]): string {
  return [
    'there is no approved timeline, and none is written where CI is set; run the test where it is not, and commit the snapshot',
    '',
    '  + came',
    ...came.slice(0, newLinesMax).map((line) => `  + ${shown(line)}`),
    ...(came.length > newLinesMax ? [`    … ${plural(came.length - newLinesMax, 'more line')}`] : []),
  ].join('\n')
}

/** Lines shown before and after each one that differs. */
const contextLines = 2
/** Enough to see the pattern. */
const problemsMax = 20
const newLinesMax = 10
const differencesMax = 5
/** Most lines whole. */
const lineUnitsMax = 300
const valueUnitsMax = 120
/** What remains of the beginning of a cut text: a time and what the line is about. */
const beginningUnits = 40

function describeCounts(pairs: readonly LinePair[]): string {
  const count = (kind: LinePair['kind']): number => pairs.filter((pair) => pair.kind === kind).length
  const [changed, gone, added] = [count('changed'), count('gone'), count('new')]
  return [
    ...(changed > 0 ? [`${plural(changed, 'line')} ${changed === 1 ? 'differs' : 'differ'}`] : []),
    ...(gone > 0 ? [`${plural(gone, 'line')} ${gone === 1 ? 'is' : 'are'} missing`] : []),
    ...(added > 0 ? [`${plural(added, 'line')} ${added === 1 ? 'is' : 'are'} new`] : []),
  ].join(', ')
}

function describePair(pair: LinePair, entries: readonly CausedEntry[]): string[] {
  switch (pair.kind) {
    case 'match':
      return [`    ${shown(pair.approved.text)}`]
    case 'gone':
      return [`  - ${shown(pair.approved.text)}`]
    case 'new':
      return [`  + ${shown(pair.came.text)}`, ...causeAt(pair.position, entries)]
    case 'changed': {
      const [approved, came] = shownFromDifference(pair.approved.text, pair.came.text, lineUnitsMax)
      const differences = differencesOf(pair.approved, pair.came)
      const hidden = differences.length - differencesMax
      return [
        `  - ${approved}`,
        `  + ${came}`,
        ...differences.slice(0, differencesMax).map(describeDifference),
        ...(hidden > 0 ? [`      … ${plural(hidden, 'more difference')}`] : []),
        ...causeAt(pair.position, entries),
      ]
    }
  }
}

function describeDifference({ path, approved, came }: LineDifference): string {
  const [one, other] = shownFromDifference(approved ?? 'nothing', came ?? 'nothing', valueUnitsMax)
  return `      ${path}: approved ${one}, got ${other}`
}

function causeAt(position: number, entries: readonly CausedEntry[]): string[] {
  const entry = entries[position]
  return entry === undefined ? [] : [causeOf(entry)]
}

function shown(line: string): string {
  return shortenAndCount(escapeUnprintable(line), lineUnitsMax)
}

/** Two texts, shortened where they are too long, but never before they begin to differ. */
function shownFromDifference(approved: string, came: string, unitsMax: number): [string, string] {
  let from = 0
  while (from < approved.length && approved[from] === came[from]) from++
  const hidden = from - Math.floor(unitsMax / 3)
  const isLong = Math.max(approved.length, came.length) > unitsMax
  const show = (text: string): string => shortenAndCount(escapeUnprintable(text), unitsMax)
  if (!isLong || hidden <= beginningUnits) return [show(approved), show(came)]
  const beginning = escapeUnprintable(approved.slice(0, beginningUnits))
  return [`${beginning} … ${show(approved.slice(hidden))}`, `${beginning} … ${show(came.slice(hidden))}`]
}

/** The pairs to show; a text stands for those left out. */
function selectPairs(pairs: readonly LinePair[]): (LinePair | string)[] {
  const told = pairs.flatMap(({ kind }, index) => (kind === 'match' ? [] : [index])).slice(0, problemsMax)
  const blocks: (LinePair | string)[] = []
  let next = 0
  const showUntil = (from: number, end: number): void => {
    if (from > next) blocks.push(describeHidden(pairs.slice(next, from)))
    blocks.push(...pairs.slice(Math.max(next, from), end))
    next = Math.min(pairs.length, Math.max(next, end))
  }
  for (const problem of told) showUntil(problem - contextLines, problem + 1 + contextLines)
  if (next < pairs.length) blocks.push(describeHidden(pairs.slice(next)))
  return blocks
}

function describeHidden(hidden: readonly LinePair[]): string {
  const problems = hidden.filter(({ kind }) => kind !== 'match').length
  const told = plural(hidden.length, 'more line')
  return problems === 0 ? told : `${told}, of which ${problems} ${problems === 1 ? 'differs' : 'differ'}`
}
