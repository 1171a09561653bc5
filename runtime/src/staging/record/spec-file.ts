/**
 * The spec of a recorded workflow, as text: what it got and what it did, comments that say what the file is, and one
 * test that expects the same again.
 */
import { Document, isCollection, isMap, isSeq, Scalar, type ScalarTag, visit } from 'yaml'
import { mapScalars, WrittenNumber } from '../../engine/model/json.ts'
import { formatTimestamp, type Micros } from '../../engine/model/timestamp.ts'
import { formatDuration } from '../../engine/text/duration.ts'
import { printable } from '../../engine/text/printable.ts'
import type { ExpectedEntry } from './expected-entry.ts'
import type { AnswerValue, GivenAnswer } from './given-answer.ts'

/** Everything that is known of one workflow when a recording is over. */
export interface SpecContents {
  readonly workflow: {
    readonly name: string
    /** Relative to the spec, with slashes. */
    readonly path: string
    readonly isFound: boolean
    readonly tickMillis: number
    readonly variables: readonly string[]
    /** `null` = its run began in the recording. */
    readonly runningSince: Micros | null
    /** As in `RecordedWorkflow`. */
    readonly runningQueries: readonly string[]
  }
  /** The runtime, for people. */
  readonly where: string
  readonly start: Micros
  readonly until: Micros
  /** CSV files, relative to the spec; none when nothing arrived. */
  readonly inputs: readonly string[]
  readonly historyCount: number
  readonly sampleCount: number
  /** Connections that closed, and when; ascending. */
  readonly closings: readonly { readonly producer: number; readonly at: Micros }[]
  /** What it remembered at the start. */
  readonly state: Readonly<Record<string, string>>
  readonly answers: readonly GivenAnswer[]
  readonly expect: readonly ExpectedEntry[]
  /** How the run ended, if it did; `reason` is for people. */
  /** Whether it left Events unpolled. */
  readonly isHolding: boolean
  readonly ended: { readonly exit: number | 'trapped' | 'stuck'; readonly reason: string } | null
  readonly secrets: ReadonlySet<string>
  readonly inexact: ReadonlySet<string>
  /** Secrets that are in the input. */
  readonly leftIn: ReadonlySet<string>
  /** Why something is missing; `null` = nothing is. */
  readonly incomplete: string | null
}

/** A series without samples: a spec needs an input, and a fixture a row. */
const noSamples = { nothing: { every: '1s', values: '_' } }

export function formatSpec(contents: SpecContents): string {
  const { workflow, start, until, inputs, closings, state, answers, expect, isHolding, ended, incomplete } = contents
  const http = groupAnswers(answers)
  const fields = {
    workflow: workflow.path,
    start: formatTimestamp(start),
    tick: formatDuration(workflow.tickMillis * 1000),
    until: formatTimestamp(until),
    input: inputs.length === 0 ? noSamples : inputs.length === 1 ? inputs[0] : inputs,
    ...(Object.keys(http).length > 0 && { http }),
    ...(Object.keys(state).length > 0 && { state: { before: state } }),
    ...(closings.length > 0 && {
      faults: closings.map(({ producer, at }) => ({ close: producer, at: formatTimestamp(at) })),
    }),
    tests: [
      {
        name: `as recorded on ${formatTimestamp(start).slice(0, 'YYYY-MM-DD'.length)}`,
        // What followed the end is not known. "At least nothing" would be no test.
        ...(incomplete !== null && expect.length > 0 && { at_least: true }),
        ...(ended !== null && { exit: ended.exit }),
        ...(isHolding && { exit: 'undelivered' }),
        expect: countRepeats(expect.map(withReadableTime)).map(({ item, times }) =>
          times === 1 ? item : { ...item, times },
        ),
      },
    ],
  }
  // Each value is written out in its place: a spec has no anchors.
  const document = new Document(
    // As nodes: the package would turn them into numbers.
    mapScalars(fields, (value) => (value instanceof WrittenNumber ? new Scalar(value) : value)),
    { aliasDuplicateObjects: false, customTags: (tags) => [writtenNumberTag, ...tags] },
  )
  document.commentBefore = describe(contents)
    .map((line) => (line === '' ? '' : ` ${printable(line)}`))
    .join('\n')
  for (const path of [['input'], ['http'], ['faults'], ['tests', 0, 'expect']]) flowBelow(document.getIn(path))
  visit(document, {
    Scalar(_key, scalar) {
      if (typeof scalar.value === 'string' && /[\n\r]/.test(scalar.value)) scalar.type = Scalar.QUOTE_DOUBLE
    },
  })
  return document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER })
}

/** Numbers that no double stands for are YAML as they are JSON. */
const writtenNumberTag: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: (value) => value instanceof WrittenNumber,
  // This schema is for writing only.
  resolve: (text) => text,
  stringify: ({ value }) => String(value),
}

/** The answers by request; repeated final answers are written once, because the last one of a list repeats. */
export function groupAnswers(answers: readonly GivenAnswer[]): Record<string, AnswerValue | readonly AnswerValue[]> {
  const lists = new Map<string, AnswerValue[]>()
  for (const { request, answer } of answers) {
    const list = lists.get(request)
    if (list === undefined) lists.set(request, [answer])
    else list.push(answer)
  }
  for (const list of lists.values()) {
    const last = JSON.stringify(list.at(-1))
    while (list.length > 1 && JSON.stringify(list.at(-2)) === last) list.pop()
  }
  return Object.fromEntries(
    [...lists].map(([request, list]) => [request, list.length === 1 ? list[0]! : countRepeats(list).flatMap(repeated)]),
  )
}

/** A broken connection has no form that says how often. */
function repeated({ item, times }: Repeats<AnswerValue>): AnswerValue[] {
  if (times === 1 || item === 'reset') return Array.from({ length: times }, () => item)
  if (item === 'ok') return [{ status: 200, times }]
  return [typeof item === 'number' ? { status: item, times } : { ...item, times }]
}

interface Repeats<Item> {
  readonly item: Item
  readonly times: number
}

/** Equal items in a row, counted: a workflow that tries again for an hour does the same hundreds of times. */
function countRepeats<Item>(items: readonly Item[]): Repeats<Item>[] {
  const runs: { item: Item; text: string; times: number }[] = []
  for (const item of items) {
    const text = JSON.stringify(item)
    const last = runs.at(-1)
    if (last?.text === text) last.times++
    else runs.push({ item, text, times: 1 })
  }
  return runs
}

function withReadableTime(entry: ExpectedEntry): object {
  if (!('event' in entry) || entry.timestamp === undefined) return entry
  const time = formatTimestamp(entry.timestamp)
  return { ...entry, timestamp: time.endsWith('Z') ? time : entry.timestamp }
}

/** One line per entry of a list or value of a mapping; a list among those has its own lines. */
function flowBelow(node: unknown): void {
  if (isSeq(node)) {
    for (const item of node.items) if (isCollection(item)) item.flow = true
  } else if (isMap(node)) {
    for (const { value } of node.items) {
      if (isSeq(value)) flowBelow(value)
      else if (isCollection(value)) value.flow = true
    }
  }
}

/** The lines of the comment at the head. */
function describe(contents: SpecContents): string[] {
  const {
    workflow,
    where,
    start,
    until,
    state,
    historyCount,
    sampleCount,
    ended,
    secrets,
    leftIn,
    inexact,
    incomplete,
  } = contents
  const lines = [
    `What "${workflow.name}" did on ${where}, from ${formatTimestamp(start)} to ${formatTimestamp(until)}.`,
    `Recorded by "slung record": ${sampleCount} samples that arrived, and ${historyCount} that were in the store before.`,
  ]
  if (incomplete !== null) lines.push('', `INCOMPLETE: ${incomplete}.`)
  if (!workflow.isFound) lines.push('', `The module was not found at that path from here: correct "workflow".`)
  if (ended !== null) lines.push('', `The run was over before the recording was: it ${ended.reason}.`)
  if (workflow.runningSince !== null) {
    lines.push(
      '',
      `It had been running since ${formatTimestamp(workflow.runningSince)}. ` +
        'A replay starts it from scratch, at "start", with what the store held then:',
      'rolling windows and history queries see what they saw. ' +
        `${Object.keys(state).length > 0 ? 'Its "state" is here; what' : 'What'} it had only in memory is lost.`,
    )
    if (workflow.runningQueries.length > 0) {
      lines.push(
        'An aggregate without a range starts at its subscription, so here it starts from the samples of this recording on:',
        ...listed(new Set(workflow.runningQueries)),
      )
    }
  }
  if (workflow.variables.length > 0) {
    lines.push(
      '',
      `It had these environment variables; their values are not recorded, so set them in "env": ${workflow.variables.join(', ')}.`,
    )
  }
  if (secrets.size > 0) {
    lines.push('', 'Taken out, because it looks like a secret (REDACTED in a URL matches anything):')
    lines.push(...listed(secrets))
  }
  if (leftIn.size > 0) lines.push('', 'Left in, though it looks like a secret:', ...listed(leftIn))
  if (inexact.size > 0) lines.push('', 'Not as it was:', ...listed(inexact))
  return lines
}

/** A longer list would hide the spec. */
const listedMax = 50

function listed(items: ReadonlySet<string>): string[] {
  const lines = [...items].slice(0, listedMax).map((item) => `- ${item}`)
  if (items.size > listedMax) lines.push(`- and ${items.size - listedMax} more`)
  return lines
}
