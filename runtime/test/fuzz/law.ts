/**
 * A law about random cases, and what looks for a case that breaks it: for as long as one likes (`npm run fuzz -- NAME`),
 * or for a few thousand cases in a test. Both first replay the cases that broke it once, `regressions/NAME.json`.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import fc from 'fast-check'

/** What holds for every case. */
export interface Law<Case> {
  /** As in `npm run fuzz -- NAME`. */
  readonly name: string
  /** The directory of the law's file; `regressions/NAME.json` in it has the cases that broke the law once. */
  readonly home: string
  /** JSON values (bytes as hex, an i64 or a NaN as text): a case can be printed, saved, and given to `--case`. */
  readonly cases: fc.Arbitrary<Case>
  /** Throws when the case breaks the law; the message says what was expected and what came. */
  readonly holds: (input: Case) => void | Promise<void>
  /** What a case has several of, and how many. */
  readonly parts?: { readonly name: string; readonly countOf: (input: Case) => number }
  /** How many cases share a seed: 1,000 by default; fewer where they are slow, because time is looked at in between. */
  readonly batchSize?: number
  /** Called once before the first case, for what is slow to prepare. */
  readonly open?: () => Promise<void>
  /** Called once after the last case, if `open` came to its end. */
  readonly close?: () => Promise<void>
}

type Named = Pick<Law<unknown>, 'name' | 'home'>

/** Takes the arguments after the name. Resolves to the exit code: 0, 1 for a broken law, 2 for wrong arguments. */
export type Fuzz = (args: readonly string[]) => Promise<number>

/** `--minutes N` (1), `--seed S` (from the clock), `--path P` or `--case JSON` to repeat one case, `--all` to continue after a failure. */
export function fuzzLaw<Case>(law: Law<Case>): Fuzz {
  return async (args) => {
    const options = readOptions(args)
    if (typeof options === 'string') {
      process.stderr.write(`${options}\n`)
      return 2
    }
    await law.open?.()
    try {
      return await new Search(law, options).run()
    } finally {
      await law.close?.()
    }
  }
}

/**
 * Checks a law in a test: the saved cases, and `count` of one seed.
 *
 * @returns `null` when it holds; otherwise what is wrong, the smallest case, and the command that repeats it
 */
export async function breachOf<Case>(law: Law<Case>, count: number, seed = 1): Promise<string | null> {
  await law.open?.()
  try {
    const broken = (await replaySaved(law)) ?? (await checkBatch(law, { seed, numRuns: count }))
    return broken && describe(law, broken)
  } finally {
    await law.close?.()
  }
}

interface Options {
  readonly millis: number
  readonly seed: number
  readonly path: string | undefined
  readonly input: string | undefined
  readonly goesOn: boolean
}

function readOptions(args: readonly string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        minutes: { type: 'string', default: '1' },
        seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
        path: { type: 'string' },
        case: { type: 'string' },
        all: { type: 'boolean', default: false },
      },
    })
    const [minutes, seed] = [Number(values.minutes), Number(values.seed)]
    if (!(minutes > 0)) return `cannot fuzz: --minutes is "${values.minutes}", expected a number greater than 0`
    if (!Number.isInteger(seed)) return `cannot fuzz: --seed is "${values.seed}", expected an integer`
    return { millis: minutes * 60_000, seed, path: values.path, input: values.case, goesOn: values.all }
  } catch (error) {
    return `cannot fuzz: ${(error as Error).message}`
  }
}

/** A case that breaks a law. */
interface Broken {
  readonly input: unknown
  readonly problem: string
  /** The arguments that repeat it. */
  readonly repeat: readonly string[]
}

class Search<Case> {
  readonly #law: Law<Case>
  readonly #options: Options
  readonly #began = performance.now()
  #told = this.#began
  #caseCount = 0
  #partCount = 0
  #brokenCount = 0

  constructor(law: Law<Case>, options: Options) {
    const holds = async (input: Case): Promise<void> => {
      this.#caseCount++
      this.#partCount += law.parts?.countOf(input) ?? 0
      if (performance.now() - this.#told > progressMillis) this.#tellProgress()
      await law.holds(input)
    }
    this.#law = { ...law, holds }
    this.#options = options
  }

  async run(): Promise<number> {
    const { seed, path, input, millis, goesOn } = this.#options
    console.log(`${this.#law.name}: seed ${seed}`)
    if (input !== undefined) return this.#tell(await checkSaved(this.#law, JSON.parse(input) as Case))
    if (path !== undefined) return this.#tell(await checkBatch(this.#law, { seed, path, numRuns: 1 }))
    let exitCode = this.#tell(await replaySaved(this.#law))
    for (let batch = 0; performance.now() - this.#began < millis; batch++) {
      if (exitCode !== 0 && !goesOn) break
      const broken = await checkBatch(this.#law, { seed: seedOf(seed, batch), numRuns: this.#law.batchSize ?? 1000 })
      if (broken === null) continue
      exitCode = this.#tell(broken)
      console.log(await save(this.#law, broken))
    }
    this.#tellProgress()
    return exitCode
  }

  #tell(broken: Broken | null): number {
    if (broken === null) return 0
    this.#brokenCount++
    console.log(describe(this.#law, broken))
    return 1
  }

  #tellProgress(): void {
    this.#told = performance.now()
    const rate = Math.round((this.#caseCount / (this.#told - this.#began)) * 1000)
    const { parts } = this.#law
    const partCount = parts === undefined ? '' : `${this.#partCount} ${parts.name} in `
    const counts = `${partCount}${this.#caseCount} cases, ${rate} cases a second, ${this.#brokenCount} mismatches`
    console.log(`${this.#law.name}: ${counts}`)
  }
}

interface Batch {
  readonly seed: number
  readonly numRuns: number
  readonly path?: string
}

/** Makes cases from one seed; shrinks the first that breaks the law. */
async function checkBatch<Case>(law: Law<Case>, { seed, numRuns, path = '' }: Batch): Promise<Broken | null> {
  const property = fc.asyncProperty(law.cases, async (input) => {
    await law.holds(input)
  })
  const details = await fc.check(property, { seed, numRuns, path, interruptAfterTimeLimit: batchMillisMax })
  if (!details.failed || details.counterexample === null) return null
  return {
    input: details.counterexample[0],
    problem: problemOf(details.errorInstance),
    repeat: ['--seed', String(details.seed), '--path', details.counterexamplePath ?? ''],
  }
}

async function replaySaved<Case>(law: Law<Case>): Promise<Broken | null> {
  for (const { input } of await readSaved<Case>(law)) {
    const broken = await checkSaved(law, input)
    if (broken !== null) return broken
  }
  return null
}

async function checkSaved<Case>(law: Law<Case>, input: Case): Promise<Broken | null> {
  try {
    await law.holds(input)
    return null
  } catch (error) {
    return { input, problem: problemOf(error), repeat: ['--case', JSON.stringify(input)] }
  }
}

interface Saved<Case> {
  /** What was wrong when it was found. */
  readonly problem: string
  readonly input: Case
}

async function readSaved<Case>(law: Law<Case>): Promise<readonly Saved<Case>[]> {
  const text = await readFile(fileOf(law), 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '[]'
    throw error
  })
  return JSON.parse(text) as readonly Saved<Case>[]
}

/** Keeps a case for the tests. Returns a sentence about it. */
async function save<Case>(law: Law<Case>, { input, problem }: Broken): Promise<string> {
  const isJson = (await checkSaved(law, JSON.parse(JSON.stringify(input)) as Case)) !== null
  if (!isJson) return 'the case is not saved: as JSON, it does not break the law'
  const saved: readonly Saved<unknown>[] = await readSaved(law)
  const [summary = ''] = problem.split('\n')
  await mkdir(dirname(fileOf(law)), { recursive: true })
  await writeFile(fileOf(law), `${JSON.stringify([...saved, { problem: summary, input }], null, 2)}\n`)
  return `the case is saved in ${relative(process.cwd(), fileOf(law))}: commit it with the fix`
}

function fileOf(law: Named): string {
  return join(law.home, 'regressions', `${law.name}.json`)
}

function describe(law: Named, { input, problem, repeat }: Broken): string {
  const text = JSON.stringify(input)
  const lines = [`${law.name}: the law is broken`, ...problem.split('\n').map((line) => `  ${line}`)]
  lines.push(`case: ${text.length > caseUnitsMax ? `${text.slice(0, caseUnitsMax)} …` : text}`)
  lines.push(`repeat: npm run fuzz -- ${[law.name, ...repeat.map(quoteArgument)].join(' ')}`)
  return lines.join('\n')
}

function problemOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function quoteArgument(text: string): string {
  return /^[\w:-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** Neighbouring seeds make neighbouring cases, so they are spread over all 32-bit integers (Knuth's multiplicative hash). */
function seedOf(seed: number, batch: number): number {
  return Math.imul(seed + batch, 0x9e3779b1)
}

const progressMillis = 10_000
/** Of one seed, with shrinking. */
const batchMillisMax = 120_000
const caseUnitsMax = 4000
