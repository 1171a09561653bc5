/** `slung query`: evaluates one history query, in a running runtime or over a data directory. */
import { Command } from 'commander'
import { evaluateHistory } from '../engine/evaluate-history.ts'
import { SlungError } from '../engine/model/slung-error.ts'
import { parseQuery } from '../engine/query/parse-query.ts'
import { QuerySyntaxError } from '../engine/query/query-syntax-error.ts'
import type { HistorySource } from '../engine/store/history-source.ts'
import { formatRuntimeUrl, parseRuntimeUrl } from '../client/runtime-url.ts'
import type { ProgramOutput } from './program-output.ts'
import { createTokenFileOption, createUrlOption, resolveRuntimeAccess, type RuntimeFlags } from './runtime-access.ts'

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
      const value = flags.data === undefined ? await askRuntime(text, flags) : await askDirectory(text, flags.data)
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

async function askRuntime(text: string, flags: RuntimeFlags): Promise<number | null> {
  const { url: address, token } = resolveRuntimeAccess(flags)
  const url = parseRuntimeUrl(address)
  const where = formatRuntimeUrl(url)
  url.protocol = url.protocol.replace('ws', 'http')
  url.pathname = '/query'
  url.search = new URLSearchParams({ q: text }).toString()
  let response: Response
  try {
    response = await fetch(url, token === null ? {} : { headers: { authorization: `Bearer ${token}` } })
  } catch (error) {
    const { cause } = error as Error
    const reason =
      (cause as NodeJS.ErrnoException | undefined)?.code === 'ECONNREFUSED'
        ? 'nothing is listening there'
        : String(cause)
    throw new SlungError(
      'no-runtime',
      `cannot query ${where}: ${reason}; start a runtime with "slung run", or read a directory with --data`,
      { cause: error },
    )
  }
  const body = await readAnswer(response, where)
  if (!response.ok)
    throw new SlungError('refused', `cannot query ${where}: ${body.error ?? `status ${response.status}`}`)
  return body.value ?? null
}

interface QueryAnswer {
  readonly value?: number | null
  readonly error?: string
}

async function readAnswer(response: Response, where: string): Promise<QueryAnswer> {
  try {
    return (await response.json()) as QueryAnswer
  } catch (error) {
    const found = `it answered with status ${response.status} and not with JSON`
    throw new SlungError('no-runtime', `cannot query ${where}: ${found}, so it is not a "slung run"`, { cause: error })
  }
}
