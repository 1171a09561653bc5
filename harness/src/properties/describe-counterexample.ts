/** What a failed property reports: why, for which rows, where they are saved, and what to type next. Plain text. */
import { escapeUnprintable, plural, shortenAndCount } from '@slung/runtime'
import { relative, sep } from 'node:path'
import type { InputRow } from '../run/input-row.ts'
import { fixtureRecords } from '../input/write-fixture.ts'
import { displayPath } from '../text/display-path.ts'
import { attemptsMax } from './shrink-rows.ts'

/** Where the rows are saved, or why they are not. */
export type SavedFixture = { readonly file: string } | { readonly problem: string }

export interface Counterexample {
  /** What the property threw. */
  readonly error: unknown
  readonly rows: readonly InputRow[]
  /** The number of the first run that failed, from 1. */
  readonly run: number
  /** How many smaller inputs failed, too. */
  readonly shrinks: number
  /** Shrinking was given up, so a smaller input may fail too. */
  readonly isUnfinished: boolean
  readonly seed: number
  /** How many runs the test asked for, if it did. */
  readonly runs: number | undefined
  readonly saved: SavedFixture
  /** The folder of the test, where a spec would be, too. */
  readonly base: string
  /** Where the reader is: paths are shown relative to it. */
  readonly directory: string
}

/** Blocks separated by blank lines; the first one is what the property threw. No line end at the end. */
export function describeCounterexample(counterexample: Counterexample): string {
  const { error, rows, run, shrinks, isUnfinished, seed, runs } = counterexample
  const blocks = [
    [error instanceof Error ? error.message : String(error)],
    [
      `  fails for ${plural(rows.length, 'row')}, found in run ${run} after ${plural(shrinks, 'shrink')}`,
      ...describeRows(rows),
    ],
    [
      ...(isUnfinished ? [`  note      shrinking ended after ${attemptsMax} attempts: fewer rows may fail too`] : []),
      ...describeSaved(counterexample),
      `  seed      ${seed}`,
      `  repeat    forAll(…, { ${runs === undefined ? '' : `runs: ${runs}, `}seed: ${seed} })`,
    ],
  ]
  return blocks.map((block) => block.join('\n')).join('\n\n')
}

const rowsShownMax = 20
/** Of one row. */
const lineUnitsMax = 300

function describeRows(rows: readonly InputRow[]): string[] {
  const hidden = rows.length - rowsShownMax
  const records = recordsOf(rows.slice(0, rowsShownMax))
  return [
    ...records.map((record) => `    ${shortenAndCount(escapeUnprintable(record), lineUnitsMax)}`),
    ...(hidden > 0 ? [`    … ${hidden} more`] : []),
  ]
}

/** As in the file; as JSON where no fixture can hold the rows. */
function recordsOf(rows: readonly InputRow[]): string[] {
  try {
    return fixtureRecords(rows).map((record) => record.slice(0, -'\n'.length))
  } catch {
    return rows.map((row) => JSON.stringify(row))
  }
}

function describeSaved({ saved, base, directory }: Counterexample): string[] {
  if ('problem' in saved) return [`  not saved ${escapeUnprintable(saved.problem)}`]
  const fromSpec = relative(base, saved.file).replaceAll(sep, '/')
  return [`  saved     ${displayPath(saved.file, directory)}`, `  spec      input: ${fromSpec}`]
}
