/** The coverage flags of `slung-test`, and what they do around a run of the tests. */
import { rmSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SlungError } from '@slung/runtime'
import { InvalidArgumentError, type Command } from 'commander'
import { coverageFolderVariable, readCoverageFiles } from '../probes/coverage-files.ts'
import { mergeCoverage } from '../coverage/coverage.ts'
import { formatLcov } from '../coverage/lcov.ts'
import { describeCoverage } from '../coverage/summary.ts'
import { missedThresholds, type Thresholds } from '../coverage/thresholds.ts'
import { exitCodes } from './run-command.ts'

export interface CoverageOptions {
  /** Where `lcov.info` goes; relative to the current folder. */
  readonly directory: string
  readonly thresholds: Thresholds
}

/** The flags as commander keeps them. */
export interface CoverageFlags {
  readonly coverage?: true
  readonly 'coverage.dir'?: string
  readonly 'coverage.thresholds'?: number
  readonly 'coverage.thresholds.functions'?: number
  readonly 'coverage.thresholds.lines'?: number
  readonly 'coverage.thresholds.branches'?: number
}

const directoryDefault = 'coverage'

export function addCoverageOptions(command: Command): Command {
  return command
    .option('--coverage', 'measure which functions, lines and branches of the workflows ran')
    .option('--coverage.dir <directory>', `where lcov.info is written (default: "${directoryDefault}")`)
    .option('--coverage.thresholds <percent>', 'fail when fewer functions, lines or branches ran', percent)
    .option('--coverage.thresholds.functions <percent>', 'fail when fewer functions ran', percent)
    .option('--coverage.thresholds.lines <percent>', 'fail when fewer lines ran', percent)
    .option('--coverage.thresholds.branches <percent>', 'fail when branches went fewer of their ways', percent)
}

/**
 * Takes the flags of coverage out of all flags of a command.
 *
 * @returns the options, `null` when coverage is not asked for, and the other flags
 * @throws {SlungError} `coverage-watch` while watching: a run that does not end has no summary
 */
export function readCoverageOptions<Flags extends CoverageFlags & { readonly watch?: boolean }>(
  flags: Flags,
): { readonly coverage: CoverageOptions | null; readonly others: Omit<Flags, keyof CoverageFlags> } {
  const {
    coverage,
    'coverage.dir': directory,
    'coverage.thresholds': all,
    'coverage.thresholds.functions': functions,
    'coverage.thresholds.lines': lines,
    'coverage.thresholds.branches': branches,
    ...others
  } = flags
  if ([coverage, directory, all, functions, lines, branches].every((flag) => flag === undefined)) {
    return { coverage: null, others }
  }
  if (flags.watch === true) {
    throw new SlungError('coverage-watch', 'cannot measure coverage while watching: leave out --watch or --coverage')
  }
  const thresholds = {
    ...(all !== undefined && { all }),
    ...(functions !== undefined && { functions }),
    ...(lines !== undefined && { lines }),
    ...(branches !== undefined && { branches }),
  }
  return { coverage: { directory: directory ?? directoryDefault, thresholds }, others }
}

/**
 * Measures what a run of the tests covers, prints the summary, and writes `lcov.info`.
 *
 * @param run - starts the processes that run the tests, and resolves with an exit code when they are done
 * @returns that exit code; 1 instead of 0 when a threshold is not reached
 * @throws {SlungError} `coverage-output` when `lcov.info` cannot be written
 */
export async function withCoverage(options: CoverageOptions, run: () => Promise<number>): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'slung-coverage-'))
  const before = process.env[coverageFolderVariable]
  process.env[coverageFolderVariable] = folder
  // An interrupted process cannot wait for promises.
  const onInterrupt = (): void => rmSync(folder, { recursive: true, force: true })
  process.once('SIGINT', onInterrupt)
  try {
    const code = await run()
    const coverage = mergeCoverage(readCoverageFiles(folder))
    console.log(`\n${describeCoverage(coverage, process.cwd())}`)
    await writeLcov(options.directory, formatLcov(coverage.guests, process.cwd()))
    const missed = missedThresholds(coverage, options.thresholds)
    for (const sentence of missed) console.error(`slung-test: ${sentence}`)
    return code === exitCodes.passed && missed.length > 0 ? exitCodes.failed : code
  } finally {
    if (before === undefined) delete process.env[coverageFolderVariable]
    else process.env[coverageFolderVariable] = before
    process.off('SIGINT', onInterrupt)
    await rm(folder, { recursive: true })
  }
}

async function writeLcov(directory: string, text: string): Promise<void> {
  const file = join(directory, 'lcov.info')
  try {
    await mkdir(directory, { recursive: true })
    await writeFile(file, text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new SlungError('coverage-output', `cannot write "${file}": ${reason}`, { cause: error })
  }
}

function percent(text: string): number {
  const value = /^\d+(?:\.\d+)?%?$/.test(text) ? Number.parseFloat(text) : Number.NaN
  if (value <= 100) return value
  throw new InvalidArgumentError('expected a percentage from 0 to 100')
}
