/**
 * What coverage costs a run, everything included: a call of `replay()` in a process that has just started, with and without it,
 * by turns. `node bench/coverage.ts [rounds]`.
 *
 * 1. A Rust guest of some 50 kB, without a source map: functions. Left out where no Rust for WebAssembly is.
 * 2. An AssemblyScript guest of that size: functions and lines of the author's files.
 * 3. The same, as if all of its libraries were the author's too: the most probes a guest of this size can have.
 *
 * Prints the median and the range of the rounds in milliseconds. Machines differ: compare rounds of one run only.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'
import { coverageFolderVariable } from '../src/probes/coverage-files.ts'
import { loadProbedGuest } from '../src/probes/probed-guest.ts'
import { replay } from '../src/index.ts'

const rowCount = 1000
const [first, workflow] = process.argv.slice(2)
if (first === 'run') await run(workflow!)
else await measureAll(Number(first ?? 11))

/** In a process of its own: prints how long the first replay takes, from reading the file to the last count. */
async function run(file: string): Promise<void> {
  const rows = Array.from({ length: rowCount }, (_, index) => ({
    timestamp: 1_767_225_600_000_000 + index * 1_000_000,
    series: 'temp',
    value: 90 + 20 * Math.sin(index / 20),
    tags: ['sensor=1'],
    producer: 'edge-a',
  }))
  const start = performance.now()
  const { outcome, delivered, trap } = await replay(file, { input: { rows }, http: 'ok' })
  const millis = performance.now() - start
  if (delivered === 0) throw new Error(`the guest read nothing, and ${outcome}: ${trap?.message}`)
  console.log(millis)
}

async function measureAll(rounds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'slung-bench-'))
  try {
    const rust = join(folder, 'rust.wasm')
    if (buildRust(rust)) await measure('a Rust guest', rust, folder, rounds)
    const script = join(folder, 'script.wasm')
    await buildAssemblyScript(script)
    await measure('an AssemblyScript guest', script, folder, rounds)
    const map = readFileSync(`${script}.map`, 'utf8')
    writeFileSync(`${script}.map`, map.replaceAll('"~lib/', '"own/').replaceAll('sdk-as/assembly/', 'own/'))
    await measure('the same, all of it the author’s', script, folder, rounds)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function measure(what: string, file: string, folder: string, rounds: number): Promise<void> {
  const { plan } = await loadProbedGuest(file)
  if ('withoutProbes' in plan) throw new Error(plan.withoutProbes)
  const records = join(folder, 'records')
  mkdirSync(records, { recursive: true })
  const plain: number[] = []
  const covered: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const without = timeProcess(file, {})
    const withCoverage = timeProcess(file, { [coverageFolderVariable]: records })
    // The first round only warms the caches of the operating system.
    if (round === 0) continue
    plain.push(without)
    covered.push(withCoverage)
  }
  const cost = covered.map((millis, round) => millis - plain[round]!)
  const size = `${(statSync(file).size / 1000).toFixed(1)} kB, ${plan.offsets.length} probes`
  console.log(
    `${what} (${size}): ${describe(plain)} without, ${describe(covered)} with, coverage costs ${describe(cost)}`,
  )
}

function timeProcess(file: string, environment: NodeJS.ProcessEnv): number {
  const { status, stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), 'run', file], {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  })
  if (status !== 0) throw new Error(`the replay failed:\n${stdout}${stderr}`)
  return Number(stdout)
}

function describe(millis: readonly number[]): string {
  const sorted = millis.toSorted((left, right) => left - right)
  const [median, fastest, slowest] = [sorted[sorted.length >> 1], sorted[0], sorted.at(-1)].map((value) =>
    Math.round(value ?? 0),
  )
  return `${median} ms [${fastest}–${slowest}]`
}

/** @returns whether there is a Rust for it */
function buildRust(output: string): boolean {
  const sdk = fileURLToPath(new URL('../../sdk-rust/', import.meta.url))
  const { status, stderr } = spawnSync(join(sdk, 'build.sh'), ['--wasi', join(sdk, 'guests/alert'), output], {
    encoding: 'utf8',
  })
  if (status === 77) console.log(`no Rust guest: ${stderr.trim()}`)
  else if (status !== 0) throw new Error(`cannot build the Rust guest:\n${stderr}`)
  return status === 0
}

async function buildAssemblyScript(output: string): Promise<void> {
  const stderr = asc.createMemoryStream()
  const { error } = await asc.main(
    [
      'watch-two.ts',
      `--baseDir=${fileURLToPath(new URL('../test/guests', import.meta.url))}`,
      '--config=asconfig.json',
      '--target=debug',
      `--outFile=${output}`,
    ],
    { stderr },
  )
  if (error !== null) throw new Error(`cannot compile the guest: ${error.message}\n${stderr.toString()}`)
}
