/** What is wrong with a spec file: every problem, each with its place. */
import { plural, SlungError } from '@slung/runtime'
import type { Position } from './spec.ts'

export interface SpecProblem extends Position {
  readonly message: string
}

/**
 * Thrown by `parseSpec`. The message has one line for each of the first hundred problems,
 * `file:line:column: what is wrong`; `line` and `column` are those of the first one in the file.
 */
export class SpecError extends SlungError {
  readonly file: string
  readonly line: number
  readonly column: number
  /** At least one, in the order of the file. */
  readonly problems: readonly SpecProblem[]

  constructor(file: string, problems: readonly [SpecProblem, ...SpecProblem[]]) {
    const sorted = problems.toSorted((one, other) => one.line - other.line || one.column - other.column)
    const lines = sorted
      .slice(0, problemsShownMax)
      .map((problem) => `${file}:${problem.line}:${problem.column}: ${problem.message}`)
    const more = sorted.length - lines.length
    super('bad-spec', [...lines, ...(more > 0 ? [`… and ${plural(more, 'more problem')}`] : [])].join('\n'))
    this.name = 'SpecError'
    this.file = file
    this.line = sorted[0]!.line
    this.column = sorted[0]!.column
    this.problems = sorted
  }
}

/** A slip in something that is repeated appears in each repetition. */
const problemsShownMax = 100
