/** The log of a real process: levels, times, and what is said again and again. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { compileGuest } from './compile-guest.ts'
import { spawnRuntime } from './spawn-runtime.ts'

let folder = ''
let workflow = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slung-log-'))
  workflow = join(folder, 'levels.wasm')
  await writeFile(workflow, (await compileGuest('log-levels')).get('log-levels.wasm')!)
})
afterEach(() => rm(folder, { recursive: true }))

interface Entry {
  readonly level: string
  readonly time: string
  readonly msg: string
  readonly workflow?: string
  readonly stream?: string
}

/** Runs it until the workflow is done, and returns what it logged, stop included. */
async function logOf(level: string): Promise<Entry[]> {
  const runtime = await spawnRuntime([workflow, '--log-level', level])
  await vi.waitFor(
    async () => expect(await (await fetch(`${runtime.url}/workflows`)).text()).toContain('"state":"done"'),
    { timeout: 60_000, interval: 20 },
  )
  await runtime.stop()
  const lines = runtime.output().trim().split('\n')
  return lines.map((line) => JSON.parse(line) as Entry)
}

test('what a workflow logs keeps its level, as a word, and times are UTC', async () => {
  const entries = await logOf('debug')
  const printed = entries.filter(({ stream }) => stream === 'stdout' || stream === 'stderr')
  expect(printed.map(({ level, msg }) => [level, msg])).toEqual([
    ['debug', 'at debug'],
    ['info', 'at info'],
    ['warn', 'at warn'],
    ['error', 'at error'],
    ['warn', 'at no level'],
  ])
  for (const { time } of entries) expect(new Date(time).toISOString()).toBe(time)
})

test('a refusal that comes again and again is one line, and its count another', async () => {
  const messages = (await logOf('info')).filter(({ stream }) => stream === 'host').map(({ msg }) => msg)
  expect(messages).toEqual([expect.stringMatching(/^u_query_live: /), `repeated 49 times: ${messages[0]}`])
})

test('at the level error, the log has what workflows log as an error, and nothing else', async () => {
  const parameters = ['run', workflow, '--port', '0', '--log-format', 'json', '--log-level', 'error']
  // It does not say that it listens: that is no error.
  const child = spawn(process.execPath, [join(import.meta.dirname, 'slung.ts'), ...parameters], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [first] = (await once(child.stdout, 'data')) as [Buffer]
  const closed = once(child, 'close')
  const rest = text(child.stdout)
  child.kill('SIGTERM')
  await closed
  const lines = `${first.toString()}${await rest}`.trim().split('\n')
  expect(lines.map((line) => (JSON.parse(line) as Entry).msg)).toEqual(['at error'])
})
