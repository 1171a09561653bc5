/** Coverage of compiled workflows: probes do not change their behaviour, and a summary says what ran. */
import { spawn } from 'node:child_process'
import { glob, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ByteCursor, loadGuest, readWasmBinary, type GuestModule } from '@slung/runtime'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compileAssemblyScript, writeCompiled } from '../../runtime/test/tools/compile-assemblyscript.ts'
import { insertProbes } from '../src/probes/insert-probes.ts'
import { firstInstruction, skipInstruction } from '../src/probes/instructions.ts'
import type { ProbePlan } from '../src/probes/plan-probes.ts'
import { loadProbedGuest } from '../src/probes/probed-guest.ts'
import type { InputRow } from '../src/run/input-row.ts'
import { readInputs } from '../src/input/read-input.ts'
import { withGuestThread } from '../src/replay/guest-threads.ts'
import { okDoor } from '../src/replay/http-door.ts'
import type { ReplayRun } from '../src/run/replay-run.ts'
import { runReplay } from '../src/replay/run-replay.ts'
import { guestUrl } from './build-guests.ts'

interface ExportDescriptor {
  readonly name: string
  readonly kind: string
}
interface EngineModule {
  exports(module: unknown): readonly ExportDescriptor[]
  imports(module: unknown): readonly { readonly module: string; readonly name: string }[]
}
const { WebAssembly: engine } = globalThis as unknown as {
  WebAssembly: { Module: EngineModule }
}

const repository = fileURLToPath(new URL('../../', import.meta.url))
// Below the repository, where the compiler finds the SDK.
let project = ''
beforeAll(async () => {
  await mkdir(dirname(fileURLToPath(guestUrl('any'))), { recursive: true })
  project = await mkdtemp(join(repository, 'harness/build/coverage-'))
  await writeProject()
})
afterAll(() => rm(project, { recursive: true }))

/** All workflows that have been built: of tests, of examples, of the Rust SDK. */
async function compiledGuests(): Promise<string[]> {
  const patterns = ['harness/build/guests/*.wasm', 'examples/*/build/*.wasm', 'sdk-rust/target/**/release/*.wasm']
  const files: string[] = []
  for await (const file of glob(patterns, { cwd: repository })) files.push(join(repository, file))
  return files.sort()
}

async function run(guest: GuestModule, rows: readonly InputRow[], mode: string = 'return'): Promise<ReplayRun> {
  const fixtures = await readInputs([{ rows }], null)
  const environment = { MODE: mode }
  return await withGuestThread((thread) =>
    runReplay(thread, { guest, fixtures, http: okDoor, environment, watchMemory: true }),
  )
}

/** Everything about a run except what its probes counted. */
function observed({ coverage: _coverage, rowAround: _around, ...rest }: ReplayRun): object {
  return rest
}

/** Offsets of all instructions of a module. */
function readInstructions(bytes: Uint8Array): number[] {
  const { bodyOffsets, bodyEnds } = readWasmBinary(bytes)
  return Array.from(bodyOffsets).flatMap((start, index) => {
    const cursor = new ByteCursor(bytes, firstInstruction(bytes, start), bodyEnds[index])
    const offsets: number[] = []
    while (!cursor.done) {
      offsets.push(cursor.offset)
      skipInstruction(cursor)
    }
    return offsets
  })
}

/** With the probes of its plan. */
async function loadProbed(file: string): Promise<{ guest: GuestModule; plan: ProbePlan }> {
  const { guest, plan } = await loadProbedGuest(file)
  if ('withoutProbes' in plan) throw new Error(plan.withoutProbes)
  return { guest, plan }
}

/** With a probe before every instruction, which no plan has. */
async function loadFullOfProbes(file: string): Promise<GuestModule> {
  return await loadGuest(file, {
    rewrite: ({ bytes, binary }) => insertProbes(bytes, binary, readInstructions(bytes)),
  })
}

test('probes are valid before every instruction of every compiled workflow, and no index changes', async () => {
  const files = await compiledGuests()
  expect(files.length).toBeGreaterThan(10)
  for (const file of files) {
    const plain = await loadGuest(file)
    const { guest, plan } = await loadProbed(file)
    expect(plan.functions.length).toBeGreaterThan(0)
    for (const probed of [guest, await loadFullOfProbes(file)]) {
      const added = { name: 'slung.coverage', kind: 'memory' }
      expect(engine.Module.imports(probed.module)).toEqual(engine.Module.imports(plain.module))
      // What the host exports of a file comes after the probes' memory.
      expect(sortedExports(probed.module)).toEqual([...sortedExports(plain.module), added].toSorted(byName))
      expect(probed.report).toEqual(plain.report)
    }
  }
})

function sortedExports(module: GuestModule['module']): ExportDescriptor[] {
  return engine.Module.exports(module).toSorted(byName)
}

function byName(left: ExportDescriptor, right: ExportDescriptor): number {
  return left.name < right.name ? -1 : 1
}

const series = ['temp', 'load', 'other']
const rowOf = (value: number, index: number): InputRow => ({
  timestamp: 1_767_225_600_000_000 + index * 1_000_000,
  series: series[index % 2]!,
  value,
  tags: [`hook=https://hooks.example.com/${index % 3}`],
  producer: 'edge-a',
})

test('every workflow of the tests behaves the same with and without probes', async () => {
  const rows = [20, 35, 31, 5, 60, 12, 33, 29, 30, 31].map(rowOf)
  for await (const file of glob('*.wasm', { cwd: dirname(fileURLToPath(guestUrl('any'))) })) {
    // They only end when their threads are terminated: one spins, the other has no program to run.
    if (file === 'spin.wasm' || file === 'run-program.wasm') continue
    const path = fileURLToPath(guestUrl(file.replace(/\.wasm$/, '')))
    const plain = observed(await run(await loadGuest(path), rows, 'trap'))
    const probed = await run((await loadProbed(path)).guest, rows, 'trap')
    expect(observed(probed)).toEqual(plain)
    expect(probed.coverage!.some((count) => count > 0)).toBe(true)
    expect(observed(await run(await loadFullOfProbes(path), rows, 'trap'))).toEqual(plain)
  }
})

test('for any input, a workflow behaves the same with and without probes', async () => {
  const file = fileURLToPath(guestUrl('watch-two'))
  const [plain, { guest }] = [await loadGuest(file), await loadProbed(file)]
  const row = fc.record({
    timestamp: fc.integer({ min: 0, max: 200_000_000 }),
    series: fc.constantFrom(...series),
    value: fc.integer({ min: 0, max: 60 }),
    tags: fc.constantFrom([], ['hook=https://hooks.example.com/'], ['a', 'hook=nowhere']),
    producer: fc.constantFrom('edge-a', 'edge-b'),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 30 }), async (rows) => {
      expect(observed(await run(guest, rows))).toEqual(observed(await run(plain, rows)))
    }),
    { numRuns: 30 },
  )
})

test('a trap has the same frames and positions', async () => {
  const file = fileURLToPath(guestUrl('end-at-third'))
  const rows = [1, 2, 3].map((value, index) => ({ ...rowOf(value, index), series: 'temp' }))
  const { trap } = await run(await loadGuest(file), rows, 'trap')
  expect((await run((await loadProbed(file)).guest, rows, 'trap')).trap).toEqual(trap)
  expect((await run(await loadFullOfProbes(file), rows, 'trap')).trap).toEqual(trap)
  expect(trap!.frames[0]!.location).toMatch(/^end-at-third\.ts:\d+:\d+$/)
})

test('what a run counts is what it did', async () => {
  const { guest, plan } = await loadProbed(join(project, 'build/flow.wasm'))
  const { coverage } = await run(
    guest,
    [20, 50, 60].map((value, index) => ({ ...rowOf(value, index), series: 'temp' })),
  )
  const counts = new Map<string, number>()
  for (const [probe, target] of plan.targets.entries()) {
    const { functions, lines, sourceMap } = plan
    if (target >= functions.length + lines.length) continue
    const line = lines[target - functions.length]
    const what = line === undefined ? functions[target]!.name : `${sourceMap!.sources[line.source]!.name}:${line.line}`
    counts.set(what, Math.max(counts.get(what) ?? 0, coverage?.[probe] ?? 0))
  }
  expect(Object.fromEntries(counts)).toMatchObject({
    call: 1,
    limitOf: 3,
    alert: 2,
    clear: 0,
    'assembly/index.ts:7': 1,
    'assembly/index.ts:11': 3,
    'assembly/index.ts:12': 2,
    'assembly/index.ts:14': 0,
    'assembly/limit.ts:2': 3,
  })
  expect([...counts.keys()].filter((what) => what.includes('sdk-as') || what.includes('~lib'))).toEqual([])
})

test('the command reports what ran in all of its processes, and writes lcov', async () => {
  const { code, stdout, stderr } = await slungTest('--coverage', '--coverage.dir', 'out')
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) })
  expect(stdout).toContain('coverage of the compiled workflows\n')
  expect(stdout).toMatch(/^ {2}build\/flow\.wasm +3\/4 +75\.0 % +\d+\/\d+ +\d\d\.\d % +5\/6 +83\.3 %$/m)
  // The line of a condition runs whichever way it goes.
  expect(stdout).toMatch(/^ {4}one way {3}assembly\/index\.ts:13$/m)
  expect(stdout).toMatch(/^ {4}function {2}clear {2}assembly\/index\.ts:25$/m)
  expect(stdout).toMatch(
    /^ {2}alert\.slung\.yaml:6 +no request used the answer to GET https:\/\/hooks\.example\.com\/limit$/m,
  )
  expect(stdout).toMatch(/^ {2}build\/flow\.wasm +no sample matched AVG:nowhere:\[\]$/m)
  expect(stdout).not.toContain('POST https')
  const lcov = await readFile(join(project, 'out/lcov.info'), 'utf8')
  expect(lcov).toContain('SF:assembly/index.ts\n')
  expect(lcov).toContain('SF:assembly/limit.ts\n')
  expect(lcov).toContain('FN:6,call\n')
  // Two processes, of which each runs one test.
  expect(lcov).toContain('FNDA:2,call\n')
  expect(lcov).toContain('FNDA:2,alert\n')
  expect(lcov).toContain('FNDA:0,clear\n')
  expect(lcov).toContain('DA:12,2\n')
  expect(lcov).toMatch(/^BRDA:13,\d+,[01],[1-9]\d*$/m)
  expect(lcov).toMatch(/^BRDA:13,\d+,[01],0$/m)
})

test('a threshold that is not reached fails the run, and one that is does not', async () => {
  const missed = await slungTest('--coverage.thresholds.functions', '80')
  expect(missed.code).toBe(1)
  expect(missed.stderr).toContain(
    'slung-test: coverage of functions is too low: 3 of 4 ran (75.0 %), expected at least 80 %',
  )
  const reached = await slungTest('--coverage.thresholds', '50')
  expect(reached).toMatchObject({ code: 0 })
})

async function slungTest(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const executable = fileURLToPath(new URL('../bin/slung-test.js', import.meta.url))
  const { VITEST: _vitest, FORCE_COLOR: _color, ...environment } = process.env
  const child = spawn(process.execPath, [executable, '--no-twice', ...args], {
    cwd: project,
    env: { ...environment, NO_COLOR: '1' },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, stdout, stderr }
}

/** A typical project, with a workflow of four functions, compiled so that none is inlined. */
async function writeProject(): Promise<void> {
  const files: Readonly<Record<string, string>> = {
    'asconfig.json': '{ "extends": "@slung/sdk-as/asconfig.json" }',
    'assembly/index.ts': `import { Event, http, live, ws } from '@slung/sdk-as/assembly'
import { limitOf } from './limit'

let alerts = 0

export function call(): i32 {
  const events = live('MAX:temp:[]')
  live('AVG:nowhere:[]')
  while (true) {
    const event = events.next()!
    if (event.value > limitOf(event)) {
      alert(event)
    } else if (event.value < -100) {
      clear(event)
    }
  }
}

function alert(event: Event): void {
  if (alerts++ > 0) return
  http.post('https://hooks.example.com/alerts', 'high')
  ws.broadcast(event.producers, 'high')
}

function clear(event: Event): void {
  ws.broadcast(event.producers, 'low')
}
`,
    'assembly/limit.ts': `export function limitOf(event: Event): f64 {
  return event.tags.length > 100 ? 0 : 40
}

import { Event } from '@slung/sdk-as/assembly'
`,
    'alert.slung.yaml': `workflow: build/flow.wasm
input:
  'temp{producer=edge-a}': { every: 10s, values: 20 50 60 }
http:
  POST https://hooks.example.com/alerts: ok
  GET https://hooks.example.com/limit: ok
tests:
  - name: alerts
    expect:
      - http: POST https://hooks.example.com/alerts
      - ws: edge-a
`,
    'quiet.slung.yaml': `workflow: build/flow.wasm
input:
  temp: { every: 10s, values: 20 }
tests:
  - name: is quiet
    expect: []
`,
  }
  await mkdir(join(project, 'assembly'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(project, name), text)
  const args = ['assembly/index.ts', '--target=debug', '--outFile=build/flow.wasm']
  const compilation = await compileAssemblyScript(args, project)
  if (compilation.hasFailed) throw new Error(`cannot compile the project:\n${compilation.output}`)
  await writeCompiled(compilation, project)
}
