/**
 * What replays cost, as whole processes: `npm run bench -w harness [rounds]`.
 *
 * 1. One week of samples at one second through `AVG:…:[1h]` and a compiled guest that reads every Event: from a CSV, and
 *    as `slung backtest` from a data directory.
 * 2. A spec of five small tests.
 * 3. A spec whose workflow sends thousands of HTTP requests, against the same without them.
 * 4. Five hundred small specs.
 *
 * Prints the median and the range of the rounds in milliseconds. Machines differ: compare rounds of one run only.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createSeries } from '@slung/runtime'
import { DurableStore } from '../../runtime/src/staging/durable-store/durable-store.ts'
import { guestUrl, setup } from '../test/build-guests.ts'

const rounds = Number(process.argv[2] ?? 7)
const rowCount = 7 * 24 * 3600
const postCount = 4000
const specCount = 500
const slungTest = fileURLToPath(new URL('../bin/slung-test.js', import.meta.url))
const slung = fileURLToPath(new URL('../../runtime/bin/slung.js', import.meta.url))

await setup()
const folder = mkdtempSync(join(tmpdir(), 'slung-bench-'))
try {
  const week = join(folder, 'week.csv')
  writeFileSync(week, weekOfSamples())
  const guest = fileURLToPath(guestUrl('read-every-event'))
  const rows = `${rowCount.toLocaleString('en')} rows`
  const done = `${rows}, ${rowCount.toLocaleString('en')} Events delivered`
  const input = ['--series', 'temp', '--tag', 'sensor=1']
  const replay = measure(`replay of ${rows}, every Event read`, ['replay', guest, week, ...input], done)
  const data = join(folder, 'data')
  await writeStore(data)
  const backtest = measure(`backtest of ${rows}, every Event read`, ['backtest', guest, '--data', data], done, slung)
  console.log(`a backtest takes ${(backtest / replay).toFixed(2)} times as long as a replay`)

  writeFileSync(join(folder, 'small.csv'), 'timestamp,series,sensor,value\n1,temp,1,4\n2,temp,1,3\n')
  writeFileSync(join(folder, 'five.slung.yaml'), fiveTests())
  measure('a spec of five small tests', [folder], '5 passed')
  rmSync(join(folder, 'five.slung.yaml'))

  const posts = Array.from({ length: postCount }, (_, row) => `${row},temp,1,1`).join('\n')
  writeFileSync(join(folder, 'posts.csv'), `timestamp,series,sensor,value\n${posts}\n`)
  const none = measure('a spec without a writeback', [specOf('read-every-event')], '1 passed')
  const all = measure(`a spec with ${postCount} HTTP writebacks`, [specOf('post-only')], '1 passed')
  console.log(`a writeback that a spec answers: ${((all - none) / postCount).toFixed(3)} ms`)
  for (const name of ['read-every-event', 'post-only']) rmSync(join(folder, `${name}.slung.yaml`))

  const specs = join(folder, 'specs')
  mkdirSync(specs)
  for (let index = 0; index < specCount; index++) writeFileSync(join(specs, `s${index}.slung.yaml`), smallSpec(specs))
  measure(`${specCount} small specs`, [specs], `${specCount} passed`)
} finally {
  rmSync(folder, { recursive: true })
}

/** @returns the median in milliseconds */
function measure(what: string, args: readonly string[], expected: string, executable = slungTest): number {
  const millis: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const start = performance.now()
    const { status, stdout, stderr } = spawnSync(process.execPath, [executable, ...args], {
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    })
    // The first round only warms the caches of the operating system.
    if (round > 0) millis.push(performance.now() - start)
    if (status !== 0 || !stdout.includes(expected)) throw new Error(`${what} failed:\n${stdout}${stderr}`)
  }
  millis.sort((left, right) => left - right)
  const [median, fastest, slowest] = [millis[millis.length >> 1], millis[0], millis.at(-1)].map((value) =>
    Math.round(value ?? 0),
  )
  console.log(`${what}: ${median} ms [${fastest}–${slowest}], ${rounds} rounds`)
  return median!
}

function weekOfSamples(): string {
  const lines = ['timestamp,value']
  for (let second = 0; second < rowCount; second++) lines.push(`${timestampOf(second)},${valueOf(second)}`)
  return `${lines.join('\n')}\n`
}

function timestampOf(second: number): number {
  return Date.UTC(2026, 0, 1) * 1000 + second * 1_000_000
}

function valueOf(second: number): string {
  return (50 + 30 * Math.sin(second / 5000) + ((second * 7919) % 100) / 50).toFixed(2)
}

/** The same week in the store of a runtime. */
async function writeStore(directory: string): Promise<void> {
  const store = await DurableStore.open(directory)
  const seconds = Array.from({ length: rowCount }, (_, second) => second)
  store.append({
    count: rowCount,
    series: new Uint32Array(rowCount).fill(store.intern(createSeries('temp', ['sensor=1']))),
    timestamps: Float64Array.from(seconds, timestampOf),
    values: Float64Array.from(seconds, (second) => Number(valueOf(second))),
    producers: new Float64Array(rowCount),
  })
  await store.commit()
  await store.close()
}

/** Writes a spec that replays all posts through a guest and answers each; @returns its path */
function specOf(guest: string): string {
  const file = join(folder, `${guest}.slung.yaml`)
  const workflow = relative(folder, fileURLToPath(guestUrl(guest)))
  const answer = '  POST https://hooks.example.com/each: { status: 200, json: { ok: true } }'
  const lines = [
    `workflow: ${workflow}`,
    'input: posts.csv',
    'http:',
    answer,
    'tests: [{ name: all, exit: drained }]',
    '',
  ]
  writeFileSync(file, lines.join('\n'))
  return file
}

function smallSpec(specs: string): string {
  const workflow = relative(specs, fileURLToPath(guestUrl('read-every-event')))
  return `workflow: ${workflow}\ninput: ../small.csv\ntests: [{ name: quiet, expect: [] }]\n`
}

function fiveTests(): string {
  const tests = Array.from({ length: 5 }, (_, index) => `  - name: number ${index}\n    expect: []\n`)
  const workflow = relative(folder, fileURLToPath(guestUrl('read-every-event')))
  return `workflow: ${workflow}\ninput: small.csv\ntests:\n${tests.join('')}`
}
