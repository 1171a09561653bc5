/** `slung-test [PATHS…]`: specs and TypeScript tests, run by vitest with our plugin. */
import { isCI, plural, SlungError } from '@slung/runtime'
import { InvalidArgumentError } from 'commander'
import { addCoverageOptions, readCoverageOptions, withCoverage, type CoverageFlags } from './coverage-options.ts'
import { findTests } from './find-tests.ts'
import { prepareSpecs } from './prepare-specs.ts'
import { parseWith } from './parse-with.ts'
import { createCommand, runCommand } from './run-command.ts'
import type { VitestFlags } from './run-vitest.ts'
import { describePassageOfTests } from '../report/describe-passage-of-time.ts'
import { updateRefusal } from '../snapshot/update-refusal.ts'
import type { Spec, UnbuiltWorkflows } from '../spec-file/spec.ts'
import { tracesFolder } from '../vitest/trace-file-of.ts'

interface Flags extends VitestFlags, CoverageFlags {
  readonly twice?: boolean
  readonly trace?: boolean
}

/** @returns the exit code: 0 passed, 1 failed, 2 could not run, 130 interrupted */
export async function testCommand(args: readonly string[]): Promise<number> {
  const command = createCommand('slung-test')
    .description('Runs *.slung.yaml specs and *.test.ts tests of workflows.')
    .argument('[paths...]', 'files and directories with tests', '.')
    .option(
      '-t, --testNamePattern <pattern>',
      'run only tests whose name matches this regular expression',
      parseWith(pattern),
    )
    .option('-u, --update', 'update snapshots')
    .option('-w, --watch', 'run again when something changes')
    .option(
      '--reporter <name>',
      'how to report: default, verbose, dot, junit, json, tap, github-actions, … (repeatable)',
      collect,
    )
    .option('--outputFile <file>', 'where a machine-readable reporter writes')
    .option('--shard <index/count>', 'run only one part of the test files', shard)
    .option('--bail <count>', 'stop after this many failed tests', count)
    .option('--twice', 'run every test of a spec twice and compare the runs (the default where CI is set)')
    .option('--no-twice', 'run every test once')
    .option('--trace', `write every call of the workflows into ${tracesFolder}`)
    .option('--no-color', 'print without colours')
    .addHelpText('after', helpAfter)
  addCoverageOptions(command)
  return await runCommand(command, args, async () => {
    const { coverage, others } = readCoverageOptions(command.opts<Flags>())
    const { twice = isCI(), trace = false, ...flags } = others
    if (flags.update === true && isCI()) throw new SlungError('update-refused', updateRefusal)
    const files = await findTests(command.args)
    const partCount = Number(flags.shard?.split('/')[1] ?? 1)
    if (partCount > files.length) {
      throw new SlungError('no-tests', `cannot run part ${flags.shard}: found ${plural(files.length, 'test file')}`)
    }
    const { specs, skipped, unbuilt } = await prepareSpecs(files.filter((file) => file.endsWith('.slung.yaml')))
    // Whoever watches a workflow wants to begin with one that builds.
    if (flags.watch === true || !hasTests(files, specs, { ...skipped, ...unbuilt })) refuseUnbuilt(unbuilt)
    if (specs.length > 0) console.error(`slung-test: ${describePassageOfTests(specs, twice)}`)
    // Loaded only now, so that errors above are reported without delay.
    const { runVitest } = await import('./run-vitest.ts')
    const run = (): Promise<number> => runVitest(files, { skipped, unbuilt, twice, traces: trace }, flags)
    return await (coverage === null ? run() : withCoverage(coverage, run))
  })
}

/** Whether any test can run although these workflows (absolute paths) cannot. */
function hasTests(files: readonly string[], specs: readonly Spec[], without: UnbuiltWorkflows): boolean {
  return (
    files.some((file) => !file.endsWith('.slung.yaml')) ||
    specs.some(({ workflows }) => workflows.some((workflow) => !(workflow in without)))
  )
}

/** @throws {SlungError} `cannot-prepare` when there are any */
function refuseUnbuilt(unbuilt: UnbuiltWorkflows): void {
  const reasons = [...new Set(Object.values(unbuilt))]
  if (reasons.length > 0) throw new SlungError('cannot-prepare', reasons.join('\n\n'))
}

const helpAfter = `
Commands:
  slung-test init [directory]                            put a workflow with its tests into an empty directory
  slung-test replay <workflow> <fixtures...>             print what a workflow does, without a spec
  slung-test replay --trace <file> [--until T] [--step]  walk through a trace, call by call
  slung-test differ <one> <other> <fixtures...>          print the first difference between two builds
  slung-test help [command]                              print the help of a command

Exit codes: 0 passed, 1 failed, 2 could not run, 130 interrupted`

function collect(name: string, names: readonly string[] = []): string[] {
  return [...names, name]
}

function pattern(text: string): string {
  return new RegExp(text).source
}

function shard(text: string): string {
  const [, index, parts] = /^(\d+)\/(\d+)$/.exec(text) ?? []
  if (index !== undefined && Number(index) >= 1 && Number(index) <= Number(parts)) return text
  throw new InvalidArgumentError('expected a part and the number of parts, such as 1/3')
}

function count(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('expected a number of tests, at least 1')
  return value
}
