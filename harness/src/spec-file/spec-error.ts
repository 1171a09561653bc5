/** What is wrong with a spec file: every problem, each with its place. */
import { SlungError } from '@slung/runtime'
import type { Position } from './spec.ts'

export interface SpecProblem extends Position {
  readonly message: string
}

/**
 * Thrown by `parseSpec`. The message has one line per problem, `file:line:column: what is wrong`; `line` and `column`
 * are those of the first one in the file.
 */
export class SpecError extends SlungError {
  readonly file: string
  readonly line: number
  readonly column: number
  /** At least one, in the order of the file. */
  readonly problems: readonly SpecProblem[]

  constructor(file: string, problems: readonly [SpecProblem, ...SpecProblem[]]) {
    const sorted = problems.toSorted((one, other) => one.line - other.line || one.column - other.column)
    super(
      'bad-spec',
      sorted.map((problem) => `${file}:${problem.line}:${problem.column}: ${problem.message}`).join('\n'),
    )
    this.name = 'SpecError'
    this.file = file
    this.line = sorted[0]!.line
    this.column = sorted[0]!.column
    this.problems = sorted
  }
}
