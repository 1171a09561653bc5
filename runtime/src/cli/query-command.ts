/** `slung query`: evaluates one history query, in a running runtime or over a data directory. */
import { Command } from 'commander'
import { answerQuery } from '../engine/answer-query.ts'
import { SlungError } from '../engine/model/slung-error.ts'
import { parseQuery } from '../engine/query/parse-query.ts'
import type { GroupValue, QueryAnswer } from '../engine/query/query-answer.ts'
import { writeTag } from '../engine/query/query-text.ts'
import { QuerySyntaxError } from '../engine/query/query-syntax-error.ts'
import { escapeUnprintable } from '../engine/text/printable.ts'
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
    .description(
      'Evaluates a query once over the stored samples and prints the value, or "no samples".\n' +
        'For a query with groups, such as AVG:co2:[room=*], a line for each group: its tags, a tab, its value.',
    )
    .argument('<query>', "such as 'AVG:temp:[sensor=1]:[1h]'; quote it for the shell")
    .option('--data <dir>', 'read this data directory; a runtime may have it open')
    .addOption(createUrlOption('ask the runtime there'))
    .addOption(createTokenFileOption())
    .option('--json', 'print {"query":…,"value":…}; with groups, {"query":…,"groups":[{"tags":[…],"value":…},…]}')
    .action(async (text: string, flags: QueryFlags) => {
      if (flags.data !== undefined && flags.url !== undefined) {
        throw new SlungError('bad-usage', 'cannot query both --data and --url; choose one')
      }
      checkQuery(text)
      const answer = flags.data === undefined ? await askForAnswer(text, flags) : await askDirectory(text, flags.data)
      output.out(`${flags.json === true ? JSON.stringify(answer) : formatAnswer(answer)}\n`)
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

/** For people; tags come from strangers. */
function formatAnswer(answer: QueryAnswer): string {
  if (!('groups' in answer)) return answer.value === null ? 'no samples' : String(answer.value)
  if (answer.groups.length === 0) return 'no samples'
  const line = ({ tags, value }: GroupValue): string => `${escapeUnprintable(tags.map(writeTag).join(', '))}\t${value}`
  return answer.groups.map(line).join('\n')
}

async function askDirectory(text: string, directory: string): Promise<QueryAnswer> {
  const { StoredHistory } = await import('../staging/durable-store/stored-history.ts')
  const history: HistorySource = await StoredHistory.open(directory)
  try {
    return await answerQuery(history, parseQuery(text), Date.now() * 1000)
  } finally {
    await history.close()
  }
}

async function askForAnswer(text: string, flags: RuntimeFlags): Promise<QueryAnswer> {
  const question = {
    verb: 'query',
    path: '/query',
    parameters: { q: text },
    otherwise: ', or read a directory with --data',
  }
  const { body } = await askRuntime<QueryAnswer>({ ...flags, ...question })
  return body
}
