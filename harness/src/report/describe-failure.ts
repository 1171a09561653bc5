/**
 * The front page of a failed test: what went wrong in one sentence, then everything needed to find out why and what to
 * type next. Plain text; vitest prints it.
 */
import type { CausedEntry, ReplayRun } from '../run/replay-run.ts'
import { escapeUnprintable, formatTimestamp, shortenAndCount } from '@slung/runtime'
import type { FailedCheck, FailedState, Verdict } from '../verdict/judge-run.ts'
import type { Position, Spec, SpecTest } from '../spec-file/spec.ts'
import { resolveTime } from '../run/time-or-offset.ts'
import type { FailureTrace } from '../trace/failure-trace.ts'
import { describeAggregates } from './describe-aggregates.ts'
import { describePassageOfTime } from './describe-passage-of-time.ts'
import { adviseOn, describeOutcome } from '../run/describe-outcome.ts'
import { alignedTimelines, summarizeComparison } from './describe-timeline.ts'
import { describeUnanswered } from './describe-unanswered.ts'
import { displayPath } from '../text/display-path.ts'
import { formatEntry, type EntryStyle } from './format-entry.ts'
import { formatExpectedValue } from './format-value.ts'
import { quoteArgument, repeatCommand } from './repeat-command.ts'
import { createTimePrinter } from './time-printer.ts'

export interface FailedTest {
  readonly spec: Spec
  readonly test: SpecTest
  readonly run: ReplayRun
  /** Of this test and run; not passed. */
  readonly verdict: Verdict
  /** Of a second, traced run; `null` without one. */
  readonly trace: Pick<FailureTrace, 'curves' | 'senders'> | null
  /** Where the trace of the run was written; `null` when it was not. */
  readonly traceFile: string | null
  /** Where the reader is: paths are shown relative to it. */
  readonly directory: string
}

/** Blocks separated by blank lines; the first line is the sentence. No line end at the end. */
export function describeFailure(failed: FailedTest): string {
  const { spec, test, run, verdict, trace, directory } = failed
  const file = displayPath(spec.file, directory)
  const place = ({ line, column }: Position): string => `${file}:${line}:${column}`
  const style = styleOf(test, run)
  const comparison = verdict.comparison?.matches === false ? verdict.comparison : null
  const expectedTimes = (test.expectations ?? []).flatMap(({ writeback: { at } }) =>
    typeof at === 'number' ? [at] : [],
  )
  const blocks = [
    verdict.endsAsExpected ? [] : describeEnd(test, run),
    describeUnanswered(spec, test, run, style.times, place),
    comparison === null ? [] : [summarizeComparison(test, comparison)],
    comparison === null ? [] : alignedTimelines({ test, comparison, run, style, senders: trace?.senders ?? [], place }),
    comparison === null && !verdict.endsAsExpected ? describeLastWritebacks(run, style) : [],
    describeMissingLine(test, verdict, place),
    verdict.failedChecks.flatMap((check) => describeFailedCheck(check, run, place)),
    verdict.failedStates.flatMap((state) => describeFailedState(state, place)),
    verdict.brokenLimits.map((sentence) => sentence),
    describeAggregates(trace?.curves ?? [], run, expectedTimes, style),
    describeOutput(run, style),
    [
      ...run.notes.map((note) => `  note      ${note}`),
      ...(spec.workflows.length > 1 ? [`  workflow  ${displayPath(run.workflow, directory)}`] : []),
      `  modes     ${describePassageOfTime(run.modes)}`,
      `  test      ${place(test)}`,
      `  repeat    ${repeatCommand(file, test.name, spec.workflows.length > 1)}`,
      ...describeSteps(failed),
    ],
  ]
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')
}

/** A test that could not be run, such as one with a fault that has nothing to act on. */
export function describeUnrunnable(spec: Spec, test: SpecTest, problem: string, directory: string): string {
  const file = displayPath(spec.file, directory)
  return [
    problem,
    '',
    `  test      ${file}:${test.line}:${test.column}`,
    `  repeat    ${repeatCommand(file, test.name, spec.workflows.length > 1)}`,
  ].join('\n')
}

function styleOf(test: SpecTest, run: ReplayRun): EntryStyle {
  const expected = (test.expectations ?? []).flatMap(({ writeback: { at } }) => (typeof at === 'number' ? [at] : []))
  const unanswered = run.unanswered.map(({ at }) => at)
  const times = createTimePrinter([...run.timeline.map(({ at }) => at), ...expected, ...unanswered])
  return { times, producers: run.producers }
}

/** How to walk through the run, call by call. */
function describeSteps({ run, traceFile, directory }: FailedTest): string[] {
  if (traceFile === null) return ['  trace     add --trace to write down every call of the workflow']
  const file = quoteArgument(displayPath(traceFile, directory))
  return [`  step      npx slung-test replay --trace ${file} --until ${formatTimestamp(run.at)} --step`]
}

function describeFailedState(
  { expected: { key, value: wanted, ...at }, value }: FailedState,
  place: (at: Position) => string,
): string[] {
  const show = (text: string | null): string =>
    text === null ? 'nothing' : escapeUnprintable(JSON.stringify(shortenAndCount(text, 200)))
  return [`the state ${JSON.stringify(key)}: expected ${show(wanted)}, got ${show(value)}`, `      spec   ${place(at)}`]
}

function describeFailedCheck(
  { check, answer }: FailedCheck,
  run: ReplayRun,
  place: (at: Position) => string,
): string[] {
  const at = resolveTime(check.at, run.modes.start)
  const got =
    answer === null
      ? `the run ended earlier, at ${formatTimestamp(run.at)}${run.outcome === 'drained' ? '; set "until" to extend it' : ''}`
      : `got ${Number.isNaN(answer) ? 'null' : answer}`
  return [
    `${escapeUnprintable(check.query.text)} at ${formatTimestamp(at)}: expected ${formatExpectedValue(check.equals)}, ${got}`,
    `      spec   ${place(check)}`,
  ]
}

function describeEnd({ exit }: SpecTest, run: ReplayRun): string[] {
  const [happened, ...frames] = describeOutcome(run).split('\n')
  const advice = exit === null ? adviseOn(run.outcome) : null
  return [`${happened}; expected ${expectedEnd(exit)}`, ...frames, ...(advice === null ? [] : [`    ${advice}`])]
}

function expectedEnd(exit: SpecTest['exit']): string {
  switch (exit) {
    case null:
      return 'it to drain its input, or call to return 0'
    case 'returned':
      return 'call to return'
    case 'drained':
      return 'it to drain its input'
    case 'undelivered':
      return 'Events to be left undelivered'
    case 'runaway':
      return 'it to run away'
    case 'trapped':
      return 'it to trap'
    case 'stuck':
      return 'it to get stuck'
    default:
      return `call to return ${exit}`
  }
}

function describeMissingLine({ log }: SpecTest, { missingLine }: Verdict, place: (at: Position) => string): string[] {
  if (missingLine === null) return []
  const previous = log?.[log.indexOf(missingLine) - 1]
  const after = previous === undefined ? '' : ` after ${formatExpectedValue(previous.text)}`
  const sentence = `expected the output line ${formatExpectedValue(missingLine.text)}${after}: no such line`
  return [sentence, `      spec   ${place(missingLine)}`]
}

/** What a run that ended badly did last; otherwise the aligned timelines show it. */
function describeLastWritebacks({ writebacks }: ReplayRun, style: EntryStyle): string[] {
  if (writebacks.length === 0) return []
  const hidden = writebacks.length - writebacksMax
  return [
    '  the last writebacks',
    ...(hidden > 0 ? [`    … ${hidden} before`] : []),
    ...writebacks.slice(-writebacksMax).map((entry) => `    ${formatEntry(entry, style)}`),
  ]
}

/** What the host says usually comes early and explains the rest; of the guest's own output the end matters. */
const hostLinesMax = 5
const guestLinesMax = 10
const writebacksMax = 5
/** Of one line of output; a guest may print megabytes. */
const lineUnitsMax = 300

function describeOutput({ logs }: ReplayRun, style: EntryStyle): string[] {
  const host = logs.filter(({ stream }) => stream === 'host')
  const guest = logs.filter(({ stream }) => stream !== 'host')
  const print = (entry: CausedEntry): string[] =>
    formatEntry(entry, style)
      .split('\n')
      .map((line) => `    ${shortenAndCount(line, lineUnitsMax)}`)
  const lines: string[] = []
  if (host.length > 0) lines.push('  what the host said', ...host.slice(0, hostLinesMax).flatMap(print))
  if (host.length > hostLinesMax) lines.push(`    … ${host.length - hostLinesMax} more`)
  if (guest.length > 0) lines.push('  the last output of the workflow')
  if (guest.length > guestLinesMax) lines.push(`    … ${guest.length - guestLinesMax} before`)
  return [...lines, ...guest.slice(-guestLinesMax).flatMap(print)]
}
