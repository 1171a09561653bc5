/**
 * The difference between two timelines for a reader: a sentence, then both of them aligned, each problem with its
 * cause.
 */
import { escapeUnprintable, listWords, plural } from '@slung/runtime'
import type { ComparedPair, Comparison, Mismatch, Missing, Unexpected } from '../compare/compare-timeline.ts'
import type { CausedEntry, ReplayRun, RowReference } from '../run/replay-run.ts'
import type { Position, SpecTest } from '../spec-file/spec.ts'
import { formatDifference } from './format-difference.ts'
import { formatEntry, formatExpected, formatRow, type EntryStyle } from './format-entry.ts'

/** @example "expected 3 writebacks, 2 came: number 2 is missing" */
export function summarizeComparison(test: SpecTest, { pairs, expectedCount, actualCount }: Comparison): string {
  const expected = expectedCount === 0 ? 'no writebacks' : plural(expectedCount, 'writeback')
  const asked = `${test.atLeast ? 'at least ' : ''}${expected}${test.anyOrder ? ' in any order' : ''}`
  const came = actualCount === 0 ? 'none' : actualCount
  return `expected ${asked}, ${came} came: ${describeProblems(pairs.filter(isProblem))}`
}

export interface TimelineReport {
  readonly test: SpecTest
  readonly comparison: Comparison
  readonly run: ReplayRun
  readonly style: EntryStyle
  /** Functions of the workflow by the position of what they sent; empty when they are not known. */
  readonly senders: readonly (string | null)[]
  /** Prints where in the spec something stands. */
  readonly place: (at: Position) => string
}

/** The lines of the aligned timelines: `-` expected only, `+` came only, a space for both. */
export function alignedTimelines(report: TimelineReport): string[] {
  const { pairs } = report.comparison
  const lines = selectPairs(pairs).flatMap((block) => {
    if (typeof block === 'string') return [`    … ${block}`]
    const pair = pairs[block]!
    return isProblem(pair) ? describeProblem(pair, block, report) : [`    ${formatEntry(pair.actual, report.style)}`]
  })
  return ['  - expected  + came', ...lines]
}

/** `cause` and the row, for an entry of the run. */
export function causeOf({ cause }: CausedEntry): string {
  return `      cause  ${cause === null ? 'before the first row' : formatRow(cause)}`
}

/** The function of the workflow that sent an entry, where it is known. */
function senderOf({ position }: { readonly position: number }, { senders }: TimelineReport): string[] {
  const sender = senders[position] ?? null
  return sender === null ? [] : [`      from   ${escapeUnprintable(sender)}`]
}

/** Matching writebacks shown before and after each problem. */
const contextPairs = 2
/**
 * More problems than this are only counted: a reader has seen the pattern. Expected writebacks come before unexpected
 * ones.
 */
const problemsMax = 20
const unexpectedMax = 5
const differencesMax = 10

type Problem = Mismatch | Missing | Unexpected

function isProblem(pair: ComparedPair): pair is Problem {
  return pair.kind !== 'match' && pair.kind !== 'allowed'
}

/** @param position - of the pair among all of them */
function describeProblem(pair: Problem, position: number, report: TimelineReport): string[] {
  const { test, style, place } = report
  const spec = 'index' in pair ? [`      spec   ${place(test.expectations![pair.index]!)}`] : []
  switch (pair.kind) {
    case 'missing':
      return [`  - ${formatExpected(pair.expected, style)}`, ...rowsAround(pair, position, report), ...spec]
    case 'mismatch': {
      const shown = pair.differences.slice(0, differencesMax)
      const hidden = pair.differences.length - shown.length
      return [
        `  - ${formatExpected(pair.expected, style)}`,
        `  + ${formatEntry(pair.actual, style)}`,
        ...shown.map((difference) => `      ${formatDifference(difference, style.times)}`),
        ...(hidden > 0 ? [`      … ${plural(hidden, 'more difference')}`] : []),
        causeOf(pair.actual),
        ...senderOf(pair, report),
        ...spec,
      ]
    }
    case 'unexpected':
      return [`  + ${formatEntry(pair.actual, style)}`, causeOf(pair.actual), ...senderOf(pair, report)]
  }
}

function describeProblems(problems: readonly ComparedPair[]): string {
  const [first] = problems
  if (problems.length === 1 && first?.kind === 'mismatch') {
    return `number ${first.index + 1} differs in ${differingPaths(first)}`
  }
  if (problems.length === 1 && first?.kind === 'missing') return `number ${first.index + 1} is missing`
  if (problems.length === 1 && first?.kind === 'unexpected') return `number ${first.position + 1} was not expected`
  const count = (kind: ComparedPair['kind']): number => problems.filter((pair) => pair.kind === kind).length
  const [mismatches, missing, unexpected] = [count('mismatch'), count('missing'), count('unexpected')]
  const parts = [
    ...(mismatches > 0 ? [`${mismatches} ${mismatches === 1 ? 'differs' : 'differ'}`] : []),
    ...(missing > 0 ? [`${missing} ${missing === 1 ? 'is' : 'are'} missing`] : []),
    ...(unexpected > 0 ? [`${unexpected} ${unexpected === 1 ? 'was' : 'were'} not expected`] : []),
  ]
  return parts.join(', ')
}

function differingPaths({ differences }: Mismatch): string {
  const paths = differences.map(({ path }) => path)
  return listWords(paths.length <= 3 ? paths : [...paths.slice(0, 2), `${paths.length - 2} more`])
}

function selectProblems(positions: readonly number[], pairs: readonly ComparedPair[]): number[] {
  const isUnexpected = (position: number): boolean => pairs[position]!.kind === 'unexpected'
  return [
    ...positions.filter((position) => !isUnexpected(position)).slice(0, problemsMax),
    ...positions.filter(isUnexpected).slice(0, unexpectedMax),
  ]
}

/** Positions of the pairs to show; a text stands for those left out. */
function selectPairs(pairs: readonly ComparedPair[]): (number | string)[] {
  const problems = pairs.flatMap((pair, position) => (isProblem(pair) ? [position] : []))
  const told = new Set(selectProblems(problems, pairs))
  const shown = new Set(
    [...told].flatMap((position) =>
      Array.from({ length: 2 * contextPairs + 1 }, (_, offset) => position - contextPairs + offset),
    ),
  )
  for (const position of problems) if (!told.has(position)) shown.delete(position)
  const blocks: (number | string)[] = []
  let hidden: ComparedPair[] = []
  const flush = (): void => {
    if (hidden.length > 0) blocks.push(describeHidden(hidden))
    hidden = []
  }
  for (const [position, pair] of pairs.entries()) {
    if (!shown.has(position)) {
      hidden.push(pair)
      continue
    }
    flush()
    blocks.push(position)
  }
  flush()
  return blocks
}

function describeHidden(hidden: readonly ComparedPair[]): string {
  const problems = hidden.filter(isProblem)
  const fine = hidden.length - problems.length
  return [
    ...(fine > 0 ? [`${fine} more without a problem`] : []),
    ...(problems.length > 0 ? [plural(problems.length, 'more problem')] : []),
  ].join(', ')
}

/** What was replayed when a missing writeback should have come. */
function rowsAround({ expected }: Missing, position: number, { test, comparison, run }: TimelineReport): string[] {
  const { pairs } = comparison
  const { at } = expected
  if (typeof at === 'number') {
    const near = run.rowAround(at)
    return near === null ? [] : [`      near   ${formatRow(near)}`]
  }
  // Its place in the list says nothing about when it should have come.
  if (test.anyOrder) return []
  const rowOf = (pair: ComparedPair | undefined): RowReference | null =>
    pair !== undefined && 'actual' in pair ? pair.actual.cause : null
  const before = rowOf(pairs.slice(0, position).findLast((pair) => rowOf(pair) !== null))
  const after = rowOf(pairs.slice(position + 1).find((pair) => rowOf(pair) !== null))
  if (before !== null && before.file === after?.file && before.line === after.line)
    return [`      near   ${formatRow(before)}`]
  return [
    ...(before === null ? [] : [`      after  ${formatRow(before)}`]),
    ...(after === null ? [] : [`      before ${formatRow(after)}`]),
  ]
}
