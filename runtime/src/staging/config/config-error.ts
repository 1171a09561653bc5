/** All that is wrong with a configuration, each problem with its place. */
import { SlungError } from '../../engine/model/slung-error.ts'

export interface ConfigProblem {
  /** `slung.toml:12:3`, or the flag: `--port`. */
  readonly where: string
  /** What was found and what to do; never contains a secret. */
  readonly message: string
}

/** Code `bad-config`. The message has one line per problem: `slung.toml:12:3: what is wrong`. */
export class ConfigError extends SlungError {
  /** At least one; those of the file in file order. */
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    super('bad-config', problems.map(({ where, message }) => `${where}: ${message}`).join('\n'))
    this.name = 'ConfigError'
    this.problems = problems
  }
}
