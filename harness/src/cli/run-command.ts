/** What all commands have in common: reading flags, printing text, and reporting "could not run". */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { formatUsageError, SlungError } from '@slung/runtime'
import { Command, CommanderError } from 'commander'

/** The exit codes of `slung-test`, apart from 130 when it is interrupted (see `main.ts`). */
export const exitCodes = { passed: 0, failed: 1, couldNotRun: 2 } as const

/**
 * A command that throws instead of ending the process.
 *
 * @param name - as it is typed: `slung-test replay`
 */
export function createCommand(name: string): Command {
  return new Command(name)
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({ outputError: (text, write) => write(formatUsageError(text, name)) })
    .helpOption('-h, --help', 'print this help')
    .version(packageVersion(), '-V, --version', 'print the version')
}

/**
 * Parses arguments and performs the command's action, which returns the exit code.
 *
 * Errors in the arguments and `SlungError`s are reported in one message, with the exit code for "could not run".
 */
export async function runCommand(
  command: Command,
  args: readonly string[],
  perform: () => Promise<number>,
): Promise<number> {
  try {
    command.parse(args, { from: 'user' })
    return await perform()
  } catch (error) {
    // Commander has printed its message already; help and version are not errors.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.passed : exitCodes.couldNotRun
    if (!(error instanceof SlungError)) throw error
    console.error(`${programOf(command.name())}: ${error.message}`)
    return exitCodes.couldNotRun
  }
}

/** Ends the process when its output can no longer be written, quietly when the reader has left, as in `| head`. */
export function watchOutput(program: string): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit()
      process.stderr.write(`${program}: cannot write the output: ${error.message}\n`)
      process.exit(exitCodes.couldNotRun)
    })
  }
}

/** Prints to stdout, no faster than its reader. @param lines - with their line ends */
export async function printLines(lines: Iterable<string>): Promise<void> {
  for (const line of lines) if (!process.stdout.write(line)) await once(process.stdout, 'drain')
}

/** `slung-test` of `slung-test replay`. */
function programOf(name: string): string {
  return name.split(' ', 1)[0]!
}

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
