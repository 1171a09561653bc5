/**
 * What test processes leave for the command that started them: JSON files in one folder, each written by one process,
 * and whole or not at all. vitest runs test files in several processes and ends them at will, so nothing can be written
 * when they end.
 */
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Runs } from './runs.ts'
import type { SourcePlace } from './source-files.ts'

/** The environment variable that names the folder; coverage is measured when it is set. */
export const coverageFolderVariable = 'SLUNG_COVERAGE_FOLDER'

/** The folder; `undefined` when coverage is not measured. */
export function coverageFolder(): string | undefined {
  return process.env[coverageFolderVariable]
}

/** What is counted in one build of a workflow. */
export interface GuestFile {
  /** Absolute path of the `.wasm` file. */
  readonly workflow: string
  readonly functions: readonly { readonly name: string; readonly place: SourcePlace | null }[]
  /** `null` without a source map. */
  readonly lines: readonly SourcePlace[] | null
  /** Where the code goes one of two ways; empty without a source map. */
  readonly branches: readonly SourcePlace[]
}

/** Everything in a folder. */
export interface CoverageFiles {
  readonly guests: ReadonlyMap<string, GuestFile>
  /** Of each process. */
  readonly runs: readonly Runs[]
}

/** @param key - of the same file in every process; it may be written again */
export function writeGuestFile(folder: string, key: string, guest: GuestFile): void {
  writeJson(folder, `guest-${key}.json`, guest)
}

/** @param name - of the process */
export function writeRunsFile(folder: string, name: string, runs: Runs): void {
  writeJson(folder, `runs-${name}.json`, runs)
}

export function readCoverageFiles(folder: string): CoverageFiles {
  const names = readdirSync(folder).sort()
  const select = (prefix: string): string[] => names.filter((name) => name.startsWith(prefix) && name.endsWith('.json'))
  return {
    guests: new Map(
      select('guest-').map((name) => [
        name.slice('guest-'.length, -'.json'.length),
        readJson(folder, name) as GuestFile,
      ]),
    ),
    runs: select('runs-').map((name) => readJson(folder, name) as Runs),
  }
}

function writeJson(folder: string, name: string, value: unknown): void {
  const file = join(folder, name)
  const unfinished = `${file}.${randomUUID()}`
  writeFileSync(unfinished, JSON.stringify(value))
  renameSync(unfinished, file)
}

function readJson(folder: string, name: string): unknown {
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown
}
