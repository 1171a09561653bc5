/** `slung-test [PATHS…]`: specs and TypeScript tests, run by vitest with our plugin. */
import { InvalidArgumentError } from 'commander'
import { startVitest, type CliOptions } from 'vitest/node'
import { slung } from '../vitest/plugin.ts'
import { findTests } from './find-tests.ts'
import { prepareSpecs } from './prepare-specs.ts'
import { createCommand, exitCodes, runCommand } from './run-command.ts'

interface Flags {
  readonly testNamePattern?: string
  readonly update?: true
  readonly watch?: true
  readonly reporter?: string[]
  readonly outputFile?: string
  readonly shard?: string
  readonly bail?: number
  readonly color: boolean
}

/** A replay is stopped by its watchdog; this only ends tests that wait for an answer that never comes. */
const testTimeoutMillis = 60_000

/** @returns the exit code: 0 passed, 1 failed, 2 could not run, 130 interrupted */
export async function testCommand(args: readonly string[]): Promise<number> {
  const command = createCommand('slung-test')
    .description('Run *.slung.yaml specs and *.test.ts tests of workflows')
    .argument('[paths...]', 'files and folders with tests', '.')
    .option('-t, --testNamePattern <pattern>', 'run only tests whose name matches this regular expression')
    .option('-u, --update', 'write snapshots anew')
    .option('-w, --watch', 'run again when something changes')
    .option('--reporter <name...>', 'how to report: default, verbose, dot, junit, json, tap, github-actions, …')
    .option('--outputFile <file>', 'where a machine-readable reporter writes')
    .option('--shard <index/count>', 'run only one part of the test files')
    .option('--bail <count>', 'stop after this many failed tests', count)
    .option('--no-color', 'print without colours')
    .addHelpText('after', helpAfter)
  return await runCommand(command, args, async () => {
    const files = await findTests(command.args)
    await prepareSpecs(files.filter((file) => file.endsWith('.slung.yaml')))
    return await runVitest(files, command.opts<Flags>())
  })
}

const helpAfter = `
Commands:
  slung-test replay <workflow> <fixtures...>   print what a workflow does, without a spec (see slung-test replay --help)

Exit codes: 0 passed, 1 failed, 2 could not run, 130 interrupted`

async function runVitest(files: readonly string[], flags: Flags): Promise<number> {
  const { color, watch, reporter, ...shared } = flags
  if (!color) process.env['NO_COLOR'] = '1'
  const options: CliOptions = {
    ...shared,
    ...(reporter !== undefined && { reporters: reporter }),
    config: false,
    root: process.cwd(),
    watch: watch === true,
    include: files.map(escapeGlob),
    testTimeout: testTimeoutMillis,
  }
  // Vitest's workers end with this process.
  process.once('SIGINT', () => process.exit(exitCodes.interrupted))
  const vitest = await startVitest([], options, { plugins: [slung()] })
  if (watch === true) await new Promise(() => {})
  const hasFailed = process.exitCode !== undefined && process.exitCode !== 0
  await vitest.close()
  return hasFailed ? exitCodes.failed : exitCodes.passed
}

function count(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('expected a number of tests, at least 1')
  return value
}

function escapeGlob(path: string): string {
  return path.replaceAll(/[\\*?[\]{}()!+@]/g, String.raw`\$&`)
}
