/**
 * A spec file as frozen values: what `parseSpec` makes from `*.slung.yaml` and everything else reads.
 *
 * Paths are absolute, and whatever may be blamed later says where it stands.
 */
import type { TimeUnit } from '@slung/runtime'
import type { ExpectedWriteback } from '../compare/expected-writeback.ts'
import type { ReplayOutcome } from '../replay/replay-run.ts'
import type { AnswerRule } from './answers.ts'

/** A place in the spec file; both count from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

export interface Spec {
  /** The spec file as it was named. */
  readonly file: string
  /** `.wasm` files, at least one; every test must pass with each. */
  readonly workflows: readonly string[]
  /** How workflows are made; those that no build makes must be there. */
  readonly builds: readonly WorkflowBuild[]
  /** Replayed together by tests without an input of their own. */
  readonly input: readonly InputSource[]
  readonly http: readonly AnswerRule[]
  /** At least one, in the order of the file, with distinct names. */
  readonly tests: readonly SpecTest[]
}

/** A shell command, run in the folder of the spec file, and the workflows (absolute paths) that it makes. */
export interface WorkflowBuild extends Position {
  readonly command: string
  readonly workflows: readonly string[]
}

/** Workflows (absolute paths) that cannot be made on this machine, and why: their tests are skipped. */
export type SkippedWorkflows = Readonly<Record<string, string>>

/** One fixture CSV. The optional fields fill what it has no column for. */
export interface InputSource extends Position {
  readonly csv: string
  readonly series?: string
  readonly tags?: readonly string[]
  readonly producer?: string
  readonly timeUnit?: TimeUnit
}

/** A test asserts something: it has `expectations`, an `exit` or a `log`. The position is that of its list item. */
export interface SpecTest extends Position {
  readonly name: string
  /** Instead of the spec's input; `null` = the spec's. */
  readonly input: readonly InputSource[] | null
  /** Before the spec's answers; see `answersFor`. */
  readonly http: readonly AnswerRule[]
  /** All writebacks in order, loosened by `anyOrder` and `atLeast`; `null` = the test does not look at them. */
  readonly expectations: readonly Expectation[] | null
  readonly anyOrder: boolean
  readonly atLeast: boolean
  /** What `call` must return, or how the run must end; `null` = drained, or returned with 0. */
  readonly exit: number | ReplayOutcome | null
  /** Lines that must be among the output in this order; `null` = the test does not look at it. */
  readonly log: readonly ExpectedLine[] | null
}

export interface Expectation extends Position {
  /** Its times are in microseconds. */
  readonly writeback: ExpectedWriteback
}

export interface ExpectedLine extends Position {
  /** The whole line, or a placeholder. */
  readonly text: string
}
