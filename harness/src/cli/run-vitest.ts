/** Runs test files in vitest, with its reporters and filters. */
import { availableParallelism } from 'node:os'
import { basename, dirname, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SlungError } from '@slung/runtime'
import type { Plugin } from 'vitest/config'
import { startVitest, version as vitestVersion, type CliOptions, type TestCase, type Vitest } from 'vitest/node'
import { specLoader, testTimeoutMillis } from '../vitest/plugin.ts'
import type { SpecSettings } from '../vitest/spec-tests.ts'
import { isBelow } from '../builds/build-workflow.ts'
import { exitCodes } from './run-command.ts'
import { buildWatcher } from '../vitest/watch-builds.ts'

/** The flags of `slung-test` that vitest understands, as it names them. */
export interface VitestFlags {
  readonly testNamePattern?: string
  readonly update?: true
  readonly watch?: true
  readonly reporter?: string[]
  readonly outputFile?: string
  readonly shard?: string
  readonly bail?: number
  readonly color: boolean
}

const traceReplays = fileURLToPath(new URL('../vitest/trace-replays.js', import.meta.url))

/**
 * @param files - absolute paths
 * @param settings - for the tests of specs
 * @returns the exit code; never, while watching
 */
export async function runVitest(files: readonly string[], settings: SpecSettings, flags: VitestFlags): Promise<number> {
  const { color, watch, reporter, ...shared } = flags
  if (!color) process.env['NO_COLOR'] = '1'
  const options: CliOptions = {
    ...shared,
    ...(reporter !== undefined && { reporters: reporter }),
    config: false,
    root: process.cwd(),
    watch: watch === true,
    ...patternsOf(files),
    // Specs leave nothing behind in their process: five hundred of them do not need five hundred processes.
    maxWorkers: availableParallelism(),
    isolate: files.some((file) => !file.endsWith('.slung.yaml')),
    testTimeout: testTimeoutMillis,
    provide: { slung: settings },
    ...(settings.traces && { setupFiles: [traceReplays] }),
  }
  const plugins = [specLoader(), buildWatcher(settings.skipped)]
  const vitest = await start(options, plugins)
  if (watch === true) await new Promise(() => {})
  const hasFailed = process.exitCode !== undefined && process.exitCode !== 0
  // A shard need not have the test.
  const { testNamePattern, shard } = shared
  const isMissing =
    testNamePattern !== undefined && shard === undefined && !hasTest(vitest, new RegExp(testNamePattern))
  await vitest.close()
  if (hasFailed) return exitCodes.failed
  if (isMissing) {
    throw new SlungError('no-tests', `cannot find a test whose name matches "${testNamePattern}"`)
  }
  return exitCodes.passed
}

async function start(options: CliOptions, plugins: Plugin[]): Promise<Vitest> {
  // npm silently installs an older one when the system's Node is too old for this one.
  if (!vitestVersion.startsWith('5.')) {
    throw new SlungError('vitest', `cannot run on vitest ${vitestVersion}: install vitest@5 and msw@3`)
  }
  try {
    return await startVitest([], options, { plugins })
  } catch (error) {
    // Such as a reporter that does not exist.
    throw new SlungError('vitest', `cannot start vitest: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Whether the name of a test, as vitest composes and matches it, fits the pattern; the test may have been skipped. */
function hasTest(vitest: Vitest, pattern: RegExp): boolean {
  const tests = vitest.state.getTestModules().flatMap((module) => [...module.children.allTests()])
  return tests.some((test) => pattern.test(wholeName(test)))
}

/** Names of suites and the test, separated by spaces. A name may contain " > ", so `fullName` is ambiguous. */
function wholeName(test: TestCase): string {
  const names = [test.name]
  for (let parent = test.parent; parent.type === 'suite'; parent = parent.parent) names.unshift(parent.name)
  return names.join(' ')
}

/**
 * One pattern per folder, since vitest walks the disk again for every pattern. All are relative to the folder that holds
 * all tests: in an absolute pattern, the names of the folders above it would be taken for patterns as well.
 */
function patternsOf(files: readonly string[]): Required<Pick<CliOptions, 'dir' | 'include'>> {
  const dir = commonFolder(files)
  const folders = Map.groupBy(files, (file) => relative(dir, dirname(file)))
  const include = [...folders].map(([folder, inside]) => {
    const names = inside.map((file) => escapeGlob(basename(file)))
    // Braces around a single name would be taken literally.
    const name = names.length === 1 ? names[0]! : `{${names.join(',')}}`
    return folder === '' ? name : `${escapeGlob(folder.replaceAll(sep, '/'))}/${name}`
  })
  return { dir, include }
}

function commonFolder(files: readonly string[]): string {
  let folder = dirname(files[0]!)
  while (folder !== dirname(folder) && !files.every((file) => isBelow(folder, file))) folder = dirname(folder)
  return folder
}

function escapeGlob(path: string): string {
  return path.replaceAll(/[\\*?[\]{}()!+@,|^]/g, String.raw`\$&`)
}
