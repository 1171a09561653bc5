/** The command line `slung`: the one place where commands, output and exit codes meet. */
import { Command, CommanderError } from 'commander'
import { SlungError } from '../engine/model/slung-error.ts'
import { formatUsageError } from '../engine/text/usage-error.ts'
import { packageVersion } from '../staging/system/package-version.ts'
import { createBacktestCommand } from './backtest-command.ts'
import { createCheckCommand } from './check-command.ts'
import { createCompletionCommand } from './completion-command.ts'
import { createNewCommand } from './new-command.ts'
import { createQueryCommand } from './query-command.ts'
import { createRecordCommand } from './record-command.ts'
import { createRunCommand } from './run-command.ts'
import { createSendCommand } from './send-command.ts'
import { createStateCommand } from './state-command.ts'
import { createStatusCommand } from './status-command.ts'
import { createStoreCommand } from './store-command.ts'
import { complain, type ProgramOutput } from './program-output.ts'
import { StreamOutput } from './stream-output.ts'

/** Everything worked. Failed runs and modules with problems are 1. */
const exitOk = 0
/** Nothing was done: wrong usage or unreadable input. */
const exitUsage = 2

/**
 * Runs one command in this process, as the executable does.
 *
 * @param parameters - the command line without the program itself
 * @returns the exit code: 0 ok, 1 failed, 2 could not run
 */
export async function main(parameters: readonly string[]): Promise<number> {
  const output = new StreamOutput(process.stdout, process.stderr)
  const exitCode = await output.finish(await runProgram(parameters, output))
  if (output.isStuck) process.exit(exitCode)
  return exitCode
}

/** Like `main`, with the output of your choice. */
export async function runProgram(parameters: readonly string[], output: ProgramOutput): Promise<number> {
  let exitCode = exitOk
  const program = createProgram(output, (code) => {
    exitCode = code
  })
  try {
    await program.parseAsync(commandOf(parameters, program), { from: 'user' })
    return exitCode
  } catch (error) {
    // Commander has printed its own text already; its code is 0 after --help and --version.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitOk : exitUsage
    if (!(error instanceof SlungError)) throw error
    complain(output, error.message)
    return exitUsage
  }
}

/** `help` with a command that does not exist is reported as that command would be; commander would print all help. */
function commandOf(parameters: readonly string[], program: Command): readonly string[] {
  const [name, topic] = parameters
  const isLost = name === 'help' && topic !== undefined && !program.commands.some((command) => command.name() === topic)
  if (isLost) return [topic]
  // Its help, like the rest of it, is elsewhere.
  return name === 'help' && topic === 'backtest' ? [topic, '--help'] : parameters
}

function createProgram(output: ProgramOutput, finish: (exitCode: number) => void): Command {
  const program = new Command('slung')
    .description('Runs, feeds and inspects Slung workflows: WebAssembly modules over live time series.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpCommand('help [command]', 'print the help of a command')
    .addCommand(createRunCommand(output, finish))
    .addCommand(createSendCommand(output, finish))
    .addCommand(createQueryCommand(output, finish))
    .addCommand(createStateCommand(output, finish))
    .addCommand(createStatusCommand(output, finish))
    .addCommand(createRecordCommand(output, finish))
    .addCommand(createBacktestCommand(finish))
    .addCommand(createCheckCommand(output, finish))
    .addCommand(createStoreCommand(output, finish))
    .addCommand(createNewCommand(output, finish))
    .addCommand(createCompletionCommand(output, finish))
  for (const command of withCommands(program)) {
    if (command.name() !== 'backtest') command.helpOption('-h, --help', 'print this help')
    command.exitOverride()
    command.configureOutput({
      writeOut: output.out,
      writeErr: output.error,
      outputError: (text, write) => write(formatUsageError(text, pathOf(command))),
    })
  }
  return program
}

function withCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withCommands)]
}

/** As it is typed: `slung send`. */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`
}
