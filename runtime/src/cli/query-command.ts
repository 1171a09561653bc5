/** `slung query`: evaluates one history query, in a running runtime or over a data directory. */
import { Command } from 'commander'
import { evaluateHistory } from '../engine/evaluate-history.ts'
import { SlungError } from '../engine/model/slung-error.ts'
import { parseQuery } from '../engine/query/parse-query.ts'
import { QuerySyntaxError } from '../engine/query/query-syntax-error.ts'
import type { HistorySource } from '../engine/store/history-source.ts'
import { askRuntime } from './ask-runtime.ts'
import type { ProgramOutput } from './program-output.ts'
import { createTokenFileOption, createUrlOption, type RuntimeFlags } from './runtime-access.ts'

interface QueryFlags extends RuntimeFlags {
  readonly data?: string
  readonly json?: true
}

/**
 * Makes the command.
 *
 * @param finish - receives the exit code: 0 it has an answer
 */
export function createQueryCommand(output: ProgramOutput, finish: (exitCode: number) => void): Command {
  return new Command('query')
    .summary('ask for a historical aggregate')
    .description('Evaluates a query once over the stored samples and prints the value, or "no samples".')
    .argument('<query>', "such as 'AVG:temp:[sensor=1]:[1h]'; quote it for the shell")
    .option('--data <dir>', 'read this data directory; a runtime may have it open')
    .addOption(createUrlOption('ask the runtime there'))
    .addOption(createTokenFileOption())
    .option('--json', 'print {"query":…,"value":…}')
    .action(async (text: string, flags: QueryFlags) => {
      if (flags.data !== undefined && flags.url !== undefined) {
        throw new SlungError('bad-usage', 'cannot query both --data and --url; choose one')
      }
      checkQuery(text)
      const value = flags.data === undefined ? await askForValue(text, flags) : await askDirectory(text, flags.data)
      output.out(
        flags.json === true
          ? `${JSON.stringify({ query: text, value })}\n`
          : `${value === null ? 'no samples' : value}\n`,
      )
      finish(0)
    })
}

/** Runs before anything is opened. @throws {SlungError} `bad-query` */
function checkQuery(text: string): void {
  try {
    parseQuery(text)
  } catch (error) {
    if (error instanceof QuerySyntaxError) throw new SlungError('bad-query', error.message, { cause: error })
    throw error
  }
}

async function askDirectory(text: string, directory: string): Promise<number | null> {
  const { StoredHistory } = await import('../staging/durable-store/stored-history.ts')
  const history: HistorySource = await StoredHistory.open(directory)
  try {
    const value = await evaluateHistory(history, parseQuery(text), Date.now() * 1000)
    return Number.isNaN(value) ? null : value
  } finally {
    await history.close()
  }
}

async function askForValue(text: string, flags: RuntimeFlags): Promise<number | null> {
  const question = {
    verb: 'query',
    path: '/query',
    parameters: { q: text },
    otherwise: ', or read a directory with --data',
  }
  const { body } = await askRuntime<{ value: number | null }>({ ...flags, ...question })
  return body.value
}
