/**
 * `slung backtest`: a workflow over the past. The replay is that of `@slung/harness`, which depends on this package; so
 * the command loads it from the project that it is called in.
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Command } from 'commander'
import { SlungError } from '../engine/model/slung-error.ts'

/** `@slung/harness/backtest`, as far as it is called here. */
interface Backtest {
  /** @returns the exit code */
  readonly backtestCommand: (args: readonly string[]) => Promise<number>
}

/**
 * Makes the command, which leaves its arguments and its help to the harness.
 *
 * @param finish - receives the exit code: 0 the run ended as it should, 1 it did not, 2 it could not run
 */
export function createBacktestCommand(finish: (exitCode: number) => void): Command {
  const command = new Command('backtest')
    .summary('replay a data directory through a workflow')
    .usage('<workflow> --data <dir> [options]')
    .argument('[arguments...]')
    .helpOption(false)
    .allowUnknownOption()
  return command.action(async () => {
    const { backtestCommand } = (await import(findBacktest())) as Backtest
    finish(await backtestCommand(command.args))
  })
}

/** The project's own harness, or else one that is installed beside this package. @throws {SlungError} `no-harness` */
function findBacktest(): string {
  let failure: unknown
  for (const base of [join(process.cwd(), 'any'), import.meta.url]) {
    try {
      return pathToFileURL(createRequire(base).resolve('@slung/harness/backtest')).href
    } catch (error) {
      failure = error
    }
  }
  throw new SlungError('no-harness', 'backtest needs @slung/harness: npm install --save-dev @slung/harness', {
    cause: failure,
  })
}
