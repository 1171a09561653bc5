/** Runs test files in vitest, whose reporters and filters are ours too. */
import { startVitest, type CliOptions } from 'vitest/node'
import { specLoader } from '../vitest/plugin.ts'
import type { SkippedWorkflows } from './prepare-specs.ts'
import { exitCodes } from './run-command.ts'

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

/** A replay is stopped by its watchdog; this only ends tests that wait for an answer that never comes. */
const testTimeoutMillis = 60_000

/**
 * @param files - absolute paths
 * @param skipped - workflows whose tests are skipped
 * @returns the exit code; never, while watching
 */
export async function runVitest(
  files: readonly string[],
  skipped: SkippedWorkflows,
  flags: VitestFlags,
): Promise<number> {
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
    provide: { slungSkipped: skipped },
  }
  // Vitest's workers end with this process.
  process.once('SIGINT', () => process.exit(exitCodes.interrupted))
  const vitest = await startVitest([], options, { plugins: [specLoader()] })
  if (watch === true) await new Promise(() => {})
  const hasFailed = process.exitCode !== undefined && process.exitCode !== 0
  await vitest.close()
  return hasFailed ? exitCodes.failed : exitCodes.passed
}

function escapeGlob(path: string): string {
  return path.replaceAll(/[\\*?[\]{}()!+@]/g, String.raw`\$&`)
}
