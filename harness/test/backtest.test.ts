/**
 * `slung backtest`, as a person uses it: over the data directory of a real runtime, which keeps running. What it prints
 * must be what a replay of the same rows prints.
 */
import { spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { findPackageJSON } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openEnvironment, openTables } from '../../runtime/src/staging/durable-store/store-files.ts'
import { spawnRuntime, type SpawnedRuntime } from '../../runtime/test/spawn-runtime.ts'
import { guestUrl } from './build-guests.ts'

const slung = fileURLToPath(new URL('../../runtime/bin/slung.js', import.meta.url))
const slungTest = fileURLToPath(new URL('../bin/slung-test.js', import.meta.url))
const start = Date.UTC(2026, 0, 1) * 1000

let folder = ''
let runtime: SpawnedRuntime
let stored: readonly Row[] = []
let requestCount = 0
const receiver = createServer((_, response) => {
  requestCount++
  response.end()
})

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slung-backtest-'))
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  const rows = sentRows(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/alerts`)
  await writeFile(join(folder, 'sent.csv'), csvOf(rows))
  stored = storedRows(rows)
  await writeFile(join(folder, 'stored.csv'), csvOf(stored))
  runtime = await spawnRuntime(['--data', join(folder, 'data')], { isBuilt: true })
  const { stderr } = await run(slung, ['send', 'sent.csv', '--url', runtime.url, '--quiet'])
  if (stderr !== '') throw new Error(stderr)
}, 60_000)

afterAll(async () => {
  receiver.close()
  await runtime.kill()
  await rm(folder, { recursive: true })
})

interface Row {
  readonly timestamp: number
  readonly arrives: number
  readonly series: string
  readonly sensor: string
  readonly hook: string
  readonly value: number
}

/** Three series for ten minutes. Every seventh row arrives 25 s late, and every eleventh comes again with another value. */
function sentRows(hook: string): Row[] {
  return Array.from({ length: 600 }, (_, second) => second).flatMap((second) => {
    const timestamp = start + second * 1e6
    const arrives = timestamp + (second % 7 === 0 ? 25e6 : 0)
    const value = Math.round(300 + 120 * Math.sin(second / 40)) / 10
    const row = { timestamp, arrives, series: 'temp', sensor: `${second % 2}`, hook, value }
    const again = second % 11 === 0 ? [{ ...row, arrives: arrives + 40e6, value: value + 3 }] : []
    const load = second % 5 === 0 ? [{ ...row, series: 'load', value: second }] : []
    return [row, ...again, ...load]
  })
}

/** What a store keeps: one value for each series and timestamp, the one that came last; in order of time, then of series. */
function storedRows(sent: readonly Row[]): Row[] {
  const keyOf = ({ series, sensor }: Row): string => `${series} ${sensor}`
  const arrived = sent.toSorted((one, other) => one.arrives - other.arrives)
  const places = [...new Set(arrived.map(keyOf))]
  return [...new Map(arrived.map((row) => [`${row.timestamp} ${keyOf(row)}`, row])).values()]
    .map((row) => ({ ...row, arrives: row.timestamp }))
    .toSorted(
      (one, other) => one.timestamp - other.timestamp || places.indexOf(keyOf(one)) - places.indexOf(keyOf(other)),
    )
}

function csvOf(rows: readonly Row[]): string {
  const keys = ['timestamp', 'arrives', 'series', 'sensor', 'hook', 'value'] as const
  return `${[keys.join(','), ...rows.map((row) => keys.map((key) => row[key]).join(','))].join('\n')}\n`
}

interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

async function run(program: string, args: readonly string[], cwd = folder): Promise<Finished> {
  const { VITEST: _vitest, FORCE_COLOR: _color, ...environment } = process.env
  const child = spawn(process.execPath, [program, ...args], { cwd, env: { ...environment, NO_COLOR: '1' } })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => {
      output[name] += chunk.toString()
    })
  }
  return await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...output }))
  })
}

const backtest = (...args: readonly string[]): Promise<Finished> => run(slung, ['backtest', ...args])
const guest = (name: string): string => fileURLToPath(guestUrl(name))
const at = (second: number): string => new Date(start / 1000 + second * 1000).toISOString()

test.each(['downsample', 'watch-two', 'warn-webhook'])(
  '%s does what it does in a replay of the same rows',
  async (name) => {
    const ways = [[], ['--producer', 'edge-a'], ['--http', 'deny', '--delivery', 'latest', '--tick', '1s']]
    for (const flags of ways) {
      const [came, replayed] = await Promise.all([
        backtest(guest(name), '--data', 'data', '--json', ...flags),
        run(slungTest, ['replay', guest(name), 'stored.csv', '--json', '--http', 'ok', ...flags]),
      ])
      expect(came).toEqual(replayed)
      expect(came.stdout).toContain(name === 'downsample' ? '"event"' : '"http"')
    }
  },
)

test('earlier samples are in the store by --from, and --to is part of the run', async () => {
  const replay = ['replay', guest('watch-two'), 'stored.csv', '--json', '--http', 'ok']
  const [came, replayed] = await Promise.all([
    backtest(guest('watch-two'), '--data', 'data', '--json', '--from', at(300), '--to', at(400)),
    run(slungTest, [...replay, '--start', at(300), '--until', at(400)]),
  ])
  expect(came).toEqual(replayed)
  expect(firstAverage(came)).toBeCloseTo(meanOfTemp(240, 300), 9)
  expect(JSON.parse(came.stdout.trim().split('\n').at(-2) ?? '')).toMatchObject({ kind: 'event', at: start + 400e6 })
})

test('--history bounds what is read from before --from', async () => {
  const flags = ['--data', 'data', '--json', '--from', at(300), '--history', '10s']
  expect(firstAverage(await backtest(guest('watch-two'), ...flags))).toBeCloseTo(meanOfTemp(290, 300), 9)
})

/** In the first alert, which both times comes at the start: the average of the last minute. */
function firstAverage({ stdout }: Finished): number {
  const [alert] = stdout.split('\n').filter((line) => line.includes('"http"'))
  const { at: time, body } = JSON.parse(alert!) as { at: number; body: string }
  expect(time).toBe(start + 300e6)
  return (JSON.parse(body) as { value: number }).value
}

/** From one second to another, both inclusive. */
function meanOfTemp(first: number, last: number): number {
  const values = stored
    .filter(({ series, timestamp }) => series === 'temp' && timestamp >= start + first * 1e6)
    .filter(({ timestamp }) => timestamp <= start + last * 1e6)
    .map(({ value }) => value)
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

test('people read the same, and what was made up', async () => {
  const { code, stdout } = await backtest(guest('watch-two'), '--data', 'data')
  expect(code).toBe(0)
  expect(stdout).toContain('starts 2026-01-01T00:00:00Z')
  expect(stdout).toMatch(/^00:\d\d:\d\d {2}POST http:\/\/127\.0\.0\.1:\d+\/alerts .* → 200$/m)
  expect(stdout).toMatch(/^note: nothing was sent: \d+ requests got a 200 with an empty body/m)
  expect(stdout).toContain('note: Events had no producers to send texts to')
  expect(requestCount).toBe(0)
})

test('environment variables reach the workflow, or a note says that it reads none', async () => {
  const { stdout } = await backtest(guest('downsample'), '--data', 'data', '--env', 'THRESHOLD=3')
  expect(stdout).toContain('note: it has 1 environment variable (THRESHOLD), but its module imports no environ_get')
})

test('two equal workflows are equal', async () => {
  await cp(guest('watch-two'), join(folder, 'copy.wasm'))
  const { code, stdout } = await backtest(guest('watch-two'), '--data', 'data', '--against', 'copy.wasm')
  expect(stdout).toMatch(/no difference: \d+ writebacks, and the run drained after 7\d\d rows/)
  expect(code).toBe(0)
})

test('two workflows that differ: where, why, and how much is equal', async () => {
  const flags = ['--data', 'data', '--producer', 'edge-a', '--against', guest('warn-webhook')]
  const { code, stdout, stderr } = await backtest(guest('watch-two'), ...flags)
  expect(stderr).toBe('')
  // Both tell the producers the same at the same times; one also writes sums, the other has another webhook.
  const [, texts] = /writeback \d+ differs \(\d+ writebacks, (\d+) in the other, \d+ equal\)/.exec(stdout)!
  expect(stdout).toContain(`${texts} in the other, ${Number(texts) / 2} equal)`)
  expect(stdout).toContain('      cause  data  2026-01-01T00:00:00Z  temp{')
  expect(code).toBe(1)
})

test.each([
  [[], `slung backtest: required option '--data <dir>' not specified`],
  [['--data', 'data'], `slung backtest: missing required argument 'workflow'`],
  [['flow.wasm', '--data', 'data', '--form', 'now'], `unknown option '--form' (Did you mean --from?)`],
  [['flow.wasm', '--data', 'data', '--from', 'last week'], 'expected a time such as 2026-01-01T00:00:07Z, or -7d'],
  [['flow.wasm', '--data', 'data', '--from', '-1d', '--to', '2d ago'], 'is before --from'],
  [['flow.wasm', '--data', 'data', '--history', '1d'], '--history counts back from --from: add --from'],
  [['flow.wasm', '--data', 'data', '--json', '--against', 'b.wasm'], 'leave out --against'],
  [['flow.wasm', '--data', 'data', '--http', 'maybe'], 'expected ok or deny'],
  [['flow.wasm', '--data', 'data'], 'slung: cannot read workflow "flow.wasm": there is no such file'],
])('%j cannot run', async (args, problem) => {
  const { code, stdout, stderr } = await backtest(...args)
  expect(stderr).toContain(problem)
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
})

test('a data directory that cannot be replayed is refused in one sentence', async () => {
  const path = (name: string): string => join(folder, name)
  await mkdir(path('empty'))
  const unused = await spawnRuntime(['--data', path('unused')], { isBuilt: true })
  await unused.stop()
  await cp(path('unused'), path('newer'), { recursive: true })
  const environment = openEnvironment(path('newer'), 'write')
  openTables(environment).meta.putSync(Buffer.from('format'), Buffer.of(9, 0, 0, 0))
  await environment.close()
  await cp(path('unused'), path('damaged'), { recursive: true })
  const file = await open(join(path('damaged'), 'data.mdb'), 'r+')
  await file.write(new Uint8Array(8192))
  await file.close()

  const refusals: [directory: string, flags: string[], problem: string][] = [
    ['missing', [], 'cannot open the store "missing": there is no data.mdb'],
    ['empty', [], 'cannot open the store "empty": there is no data.mdb'],
    ['unused', [], 'cannot backtest over the store "unused": it has no samples\n'],
    ['newer', [], 'cannot open the store "newer": it has format 9; this program reads format 2'],
    ['damaged', [], 'cannot open the store "damaged": its data.mdb is not an LMDB database as Slung writes it'],
    ['data', ['--to', at(-1)], 'it has no samples up to 2025-12-31T23:59:59Z, and '],
    ['data', ['--from', '1767225600'], '--from is 1970-01-01T00:29:27.225600Z, 56 years before the first row'],
  ]
  for (const [directory, flags, problem] of refusals) {
    const { code, stdout, stderr } = await backtest(guest('downsample'), '--data', directory, ...flags)
    expect(stderr).toMatch(/^slung: .*\n$/)
    expect(stderr).toContain(problem)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  }
})

test('without the harness, one sentence says how to get it', async () => {
  const project = join(folder, 'project')
  const modules = join(project, 'node_modules')
  const installed = join(modules, '@slung/runtime')
  await mkdir(installed, { recursive: true })
  const source = dirname(dirname(slung))
  for (const part of ['bin', 'dist', 'package.json'])
    await cp(join(source, part), join(installed, part), { recursive: true })
  const { dependencies } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  for (const name of Object.keys(dependencies)) {
    const manifest = findPackageJSON(name, join(source, 'package.json'))!
    await symlink(dirname(manifest), join(modules, name))
  }
  const program = join(installed, 'bin/slung.js')
  expect(await run(program, ['backtest', 'flow.wasm', '--data', 'data'], project)).toEqual({
    code: 2,
    stdout: '',
    stderr: 'slung: backtest needs @slung/harness: npm install --save-dev @slung/harness\n',
  })
  // Once it is there, it is found from wherever in the project the command runs.
  await symlink(fileURLToPath(new URL('..', import.meta.url)), join(modules, '@slung/harness'))
  await mkdir(join(project, 'below'))
  const found = await run(program, ['help', 'backtest'], join(project, 'below'))
  expect(found).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Usage: slung backtest [options] <workflow>'),
  })
})

test('a backtest leaves the data directory as it is', async () => {
  const before = await readdir(join(folder, 'data'))
  const content = await readFile(join(folder, 'data', 'data.mdb'))
  expect(await backtest(guest('downsample'), '--data', 'data')).toMatchObject({ code: 0, stderr: '' })
  expect(await readdir(join(folder, 'data'))).toEqual(before)
  expect((await readFile(join(folder, 'data', 'data.mdb'))).equals(content)).toBe(true)
})

test('a reader that leaves early is no failure', async () => {
  const command = `"${process.execPath}" "${slung}" backtest "${guest('downsample')}" --data data --json | head -n 1`
  const child = spawn('sh', ['-c', command], { cwd: folder })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  await new Promise((resolve) => child.on('close', resolve))
  expect(JSON.parse(stdout)).toMatchObject({ kind: 'event', series: 'copy' })
  expect(stderr).toBe('')
})
