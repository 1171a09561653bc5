/** `forAll()`: checks a property on generated input, and saves the smallest input on which it fails as a fixture. */
import { randomInt } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { getCallSites } from 'node:util'
import fc, { type Arbitrary } from 'fast-check'
import type { InputRow, RowsInput } from '../run/input-row.ts'
import { toCsv } from '../input/write-fixture.ts'
import { callerFolder } from '../run/caller-folder.ts'
import { badOption, checkKeys } from '../run/read-options.ts'
import { whileSlow } from '../run/while-slow.ts'
import { describeCounterexample, type SavedFixture } from './describe-counterexample.ts'
import { RowsArbitrary } from './rows-arbitrary.ts'
import { attemptsMax } from './shrink-rows.ts'

export interface ForAllOptions {
  /** How many inputs are tried. Default 100. */
  readonly runs?: number
  /**
   * Decides which: a whole number from 0 to 2,147,483,647. Default: a new one each time, reported when the property
   * fails.
   */
  readonly seed?: number
  /** Where a failing input is saved; relative to the file that calls `forAll`. Default `fixtures`. */
  readonly directory?: string
  /** Tried first, and part of `runs`. */
  readonly examples?: readonly RowsInput[]
}

/** Fails by throwing or by returning `false`; `fc.pre(false)` skips an input. */
export type RowsPredicate = (input: RowsInput) => boolean | void | Promise<boolean | void>

/**
 * Runs a property on many inputs, one after the other.
 *
 * When it fails, the input shrinks, and what is left is saved as `shrunk-SEED.csv`; a file of that name is overwritten.
 * Nothing is written otherwise. Shrinking runs the property up to 500 times more, for which the timeout of the test
 * must suffice.
 *
 * @throws {Error} when the property fails: with the rows, where they are saved and how to repeat it. `cause` is what
 *   the property threw
 * @throws {TypeError} for unknown options
 *
 * @example
 * test('never two alerts in a row', () =>
 *   forAll(series.walk('temp', { every: '10s', for: '6h', min: -20, max: 80 }), async (input) => {
 *     const run = await replay('build/alert.wasm', { input, http: 'ok' })
 *     expect(run.writebacks.length).toBeLessThan(2)
 *   }))
 */
export function forAll(
  arbitrary: Arbitrary<RowsInput>,
  predicate: RowsPredicate,
  options: ForAllOptions = {},
): Promise<void> {
  // The call site is known only synchronously; index 1 is the caller of this function.
  const base = callerFolder(getCallSites(2)[1]?.scriptName)
  const here = { stack: '' }
  Error.captureStackTrace(here, forAll)
  return check(arbitrary, predicate, options, { base, stack: here.stack })
}

interface Caller {
  /** Where its file is. */
  readonly base: string
  /** Begins at the call; where the property fails, the frames are those of fast-check. */
  readonly stack: string
}

async function check(
  arbitrary: Arbitrary<RowsInput>,
  predicate: RowsPredicate,
  options: ForAllOptions,
  { base, stack }: Caller,
): Promise<void> {
  checkOptions(options)
  const { runs = 100, seed = randomInt(seedsEnd), directory = 'fixtures', examples = [] } = options
  let tried = 0
  let attempts = 0
  let hasFailed = false
  const property = fc.asyncProperty(arbitrary, async (input) => {
    if (hasFailed) attempts++
    else tried++
    try {
      if ((await predicate(input)) === false) throw new Error('the property returned false')
    } catch (error) {
      hasFailed ||= !fc.PreconditionFailure.isFailure(error)
      throw error
    }
  })
  const describe = (seconds: number): string => {
    const stage = hasFailed
      ? `failed on input ${tried}, and shrinks it (attempt ${attempts})`
      : `tries input ${tried} of ${runs}`
    return `slung-test: the property has taken ${seconds} s: it ${stage}, seed ${seed}`
  }
  const details = await whileSlow({ describe, progress: describe }, () =>
    fc.check(property, { numRuns: runs, seed, examples: examples.map((example) => [example]) }),
  )
  if (!details.failed) return
  const input = details.counterexample?.[0]
  if (input === undefined) {
    const found = `fc.pre skipped ${details.numSkips} inputs and let ${details.numRuns} through`
    throw new Error(`cannot check the property: ${found}, expected ${runs}; generate what the property is about`)
  }
  const message = describeCounterexample({
    error: details.errorInstance,
    rows: input.rows,
    run: details.numRuns,
    shrinks: details.numShrinks,
    isUnfinished: arbitrary instanceof RowsArbitrary && attempts >= attemptsMax,
    seed,
    runs: options.runs,
    saved: await save(input.rows, resolve(base, directory), seed),
    base,
    directory: process.cwd(),
  })
  const failure = new Error(message, { cause: details.errorInstance })
  failure.stack = `Error: ${message}${stack.slice(stack.indexOf('\n'))}`
  throw failure
}

/** Not only types: tests are often not type-checked before they run. */
function checkOptions(options: ForAllOptions): void {
  const action = 'check the property'
  checkKeys(action, options, ['runs', 'seed', 'directory', 'examples'])
  const { runs, seed } = options
  if (runs !== undefined && !(Number.isSafeInteger(runs) && runs >= 1)) {
    throw badOption(action, 'runs', runs, 'a whole number from 1')
  }
  if (seed !== undefined && !(Number.isInteger(seed) && seed >= 0 && seed < seedsEnd)) {
    throw badOption(action, 'seed', seed, `a whole number from 0 to ${seedsEnd - 1}`)
  }
}

/** A failing property is reported even where nothing can be saved. */
async function save(rows: readonly InputRow[], folder: string, seed: number): Promise<SavedFixture> {
  const file = join(folder, `shrunk-${seed}.csv`)
  try {
    const csv = toCsv(rows)
    await mkdir(folder, { recursive: true })
    await writeFile(file, csv)
    return { file }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}

/** fast-check takes seeds of 32 bits; negative ones would make odd file names. */
const seedsEnd = 2 ** 31
