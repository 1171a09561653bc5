/**
 * A spec file as frozen values: what `parseSpec` makes from `*.slung.yaml` and everything else reads.
 *
 * Paths are absolute, and everything that a failure may blame has its position.
 */
import type { HeaderRule, Query } from '@slung/runtime'
import type { ExpectedWriteback } from '../compare/expected-writeback.ts'
import type { Fault } from '../faults/fault.ts'
import type { FixtureSource } from '../input/read-fixture.ts'
import type { InlineInput } from '../input/read-input.ts'
import type { RequestedPassageOfTime } from '../run/passage-of-time.ts'
import type { ReplayOutcome } from '../run/replay-run.ts'
import type { AnswerRule } from './answers.ts'
import type { TimeOrOffset } from '../run/time-or-offset.ts'

/** What a spec file is called. */
export const specPattern = '**/*.slung.yaml'

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
  /** How workflows are built; those without a build must exist. */
  readonly builds: readonly WorkflowBuild[]
  /** Replayed together by tests without their own input. */
  readonly input: readonly SpecInput[]
  readonly http: readonly AnswerRule[]
  /** At least one, in the order of the file, with distinct names. */
  readonly tests: readonly SpecTest[]
}

/** A shell command, run in the folder of the spec file, and the workflows (absolute paths) that it builds. */
export interface WorkflowBuild extends Position {
  readonly command: string
  readonly workflows: readonly string[]
}

/** Workflows (absolute paths) that cannot be built on this machine, and why: their tests are skipped. */
export type SkippedWorkflows = Readonly<Record<string, string>>

/** Workflows (absolute paths) whose build failed, and why: their tests fail. */
export type UnbuiltWorkflows = Readonly<Record<string, string>>

/** A fixture CSV, or a series written in the spec. */
export type SpecInput = FixtureInput | SeriesInput

/** The optional fields fill what the CSV has no column for. */
export interface FixtureInput extends Position, FixtureSource {}

export interface SeriesInput extends Position, InlineInput {}

/** What a spec says for all of its tests, each of which may override it. */
export interface SpecDefaults {
  /** The workflow's environment variables. */
  readonly environment: Readonly<Record<string, string>>
  /** What is added to its requests; where several have the same header, the last one decides. */
  readonly headers: readonly HeaderRule[]
  readonly state: ExpectedState
  readonly passage: RequestedPassageOfTime
  readonly faults: readonly Fault[]
  readonly limits: Limits
}

/** A test, which asserts something. The position is that of its list item. */
export interface SpecTest extends Position, SpecDefaults {
  readonly name: string
  /** Instead of the spec's input; `null` = the spec's. */
  readonly input: readonly SpecInput[] | null
  /** Before the spec's answers; see `answersFor`. */
  readonly http: readonly AnswerRule[]
  /** All writebacks in order, loosened by `anyOrder` and `atLeast`; `null` = the test does not list them. */
  readonly expectations: readonly Expectation[] | null
  readonly anyOrder: boolean
  readonly atLeast: boolean
  /** Whether all writebacks must be those of an approved timeline. */
  readonly snapshot: boolean
  /** Another test of the spec whose writebacks are expected here; `null` without `same_as`. */
  readonly sameAs: SameAs | null
  readonly checks: readonly Check[]
  /** What `call` must return, or how the run must end; `null` = drained, or returned with 0. */
  readonly exit: number | ReplayOutcome | null
  /** Lines that must be among the output in this order; `null` = the test does not check it. */
  readonly log: readonly ExpectedLine[] | null
}

/** What the workflow remembers. */
export interface ExpectedState {
  /** At the start, by key. */
  readonly before: Readonly<Record<string, string>>
  /** What must be remembered at the end; other keys may be, too. */
  readonly after: readonly ExpectedValue[]
}

/** The position is that of the key. */
export interface ExpectedValue extends Position {
  readonly key: string
  /** The whole value as UTF-8, or a placeholder; `null` = the key must not be set. */
  readonly value: string | null
}

export interface Expectation extends Position {
  /** Its times are in microseconds. */
  readonly writeback: ExpectedWriteback
}

/** The position is that of the name. */
export interface SameAs extends Position {
  readonly name: string
}

/** What the engine must answer at a time. */
export interface Check extends Position {
  readonly at: TimeOrOffset
  readonly query: Query
  /** A number or a placeholder; `null` = nothing to aggregate. */
  readonly equals: number | string | null
}

/** `null` = no limit. */
export interface Limits {
  /** The longest time, in milliseconds of real time, that 99 of 100 Events may take. */
  readonly callbackP99Millis: number | null
  /** The largest size of the guest's memory, which is that at the end. */
  readonly memoryBytes: number | null
  /** Whether a trap fails the test even if it is expected. */
  readonly neverTraps: boolean
}

export interface ExpectedLine extends Position {
  /** The whole line, or a placeholder. */
  readonly text: string
}
