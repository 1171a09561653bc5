/** Traces as an author sees them: written by one command, walked through by another, and whole when things go wrong. */
import { spawn } from 'node:child_process'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { replayCommand } from '../src/cli/replay-command.ts'
import { linkModules } from '../../runtime/test/tools/link-modules.ts'
import { guestUrl } from './build-guests.ts'

// The command has no flag for it, and the watchdog's own time is ten seconds of a whole processor.
vi.mock(import('../src/replay/run-replay.ts'), async (importOriginal) => {
  const original = await importOriginal()
  return { ...original, runReplay: (thread, job) => original.runReplay(thread, { watchdogMillis: 200, ...job }) }
})

const executable = fileURLToPath(new URL('../bin/slung-test.js', import.meta.url))
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slung-traces-'))
  for (const name of ['post-each', 'spin', 'warn-webhook']) {
    await copyFile(guestUrl(name), join(folder, `${name}.wasm`))
  }
  const rows = [0, 10, 90].map((second) => `${second}000000,temp,edge-a,${second + 1}`)
  await writeFile(join(folder, 'rows.csv'), ['timestamp,series,producer,value', ...rows, ''].join('\n'))
})
afterAll(() => rm(folder, { recursive: true }))

function run(...args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const { VITEST: _vitest, FORCE_COLOR: _color, CI: _ci, GITHUB_ACTIONS: _actions, ...own } = process.env
  const child = spawn(process.execPath, [executable, ...args], { cwd: folder, env: { ...own, NO_COLOR: '1' } })
  let output = ''
  const collect = (chunk: Buffer): void => {
    output += chunk.toString()
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output }))
  })
}

async function spec(name: string, ...lines: readonly string[]): Promise<string> {
  await writeFile(join(folder, `${name}.slung.yaml`), [...lines, ''].join('\n'))
  return `${name}.slung.yaml`
}

test('a request stands before the rows that arrive while it waits, so that a walk up to then shows it', async () => {
  const file = await spec(
    'slow',
    'workflow: post-each.wasm',
    'input: rows.csv',
    'http: { POST https://hooks.example.com/each: { json: {}, after: 1m } }',
    'tests: [{ name: slow, exit: drained }]',
  )
  expect(await run(file, '--trace')).toMatchObject({ code: 0 })
  const { output } = await run('replay', '--trace', '.slung/traces/slow/1-slow.jsonl', '--until', '+5s')
  expect(output).toContain('u_writeback_http("POST", "https://hooks.example.com/each"')
  expect(output).not.toContain('row rows.csv:3')
})

test('--trace traces the replays of tests in TypeScript as well, and a replay may name its own file', async () => {
  await linkModules(join(folder, 'node_modules'))
  const lines = [
    "import { replay } from '@slung/harness'",
    "import { expect, test } from 'vitest'",
    "const run = (more = {}) => replay('post-each.wasm', { input: 'rows.csv', http: 'ok', ...more })",
    "test('once', async () => expect((await run()).delivered).toBe(3))",
    "test('twice, and elsewhere', async () => {",
    '  await run()',
    "  expect((await run({ trace: 'own/named.jsonl' })).delivered).toBe(3)",
    '})',
  ]
  await writeFile(join(folder, 'typed.test.ts'), lines.join('\n'))

  expect(await run('typed.test.ts')).toMatchObject({ code: 0 })
  expect(await readFile(join(folder, 'own/named.jsonl'), 'utf8')).toContain('"call":"u_writeback_http"')
  expect(await run('typed.test.ts', '--trace')).toMatchObject({ code: 0 })
  for (const name of ['1-once', '2-twice-and-elsewhere']) {
    const { output } = await run('replay', '--trace', `.slung/traces/typed.test/${name}.jsonl`)
    expect(output).toContain('u_writeback_http("POST", "https://hooks.example.com/each"')
  }
})

test('the trace of a workflow that gets stuck has the Event on which it got stuck', async () => {
  const print = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const [workflow, rows, trace] = ['spin.wasm', 'rows.csv', 'stuck.jsonl'].map((name) => join(folder, name))
  const code = await replayCommand([workflow!, rows!, '--trace', trace!]).finally(() => print.mockRestore())
  expect(code).toBe(1)
  expect(await readFile(join(folder, 'stuck.jsonl'), 'utf8')).toContain('"end":"stuck"')
})

test.each([
  ['an empty file', '', 'it is empty'],
  ['no head', '{"at":1}\n', 'it is not a trace of slung-test'],
  ['null as its head', 'null\n', 'it is not a trace of slung-test'],
  [
    'a line that is neither a row nor a call',
    '{"trace":1,"workflow":"w"}\n{"foo":1}\n',
    'line 2 is neither a row nor a call',
  ],
  ['a line that is a text', '{"trace":1,"workflow":"w"}\n"a"\n', 'line 2 is neither a row nor a call'],
  ['an invalid time', '{"trace":1,"workflow":"w"}\n{"at":"x","call":"log","args":[]}\n', 'line 2 is neither'],
  ['half a line in the middle', '{"trace":1,"workflow":"w"}\n{"at":1,\n{"at":2}\n', 'line 2 is not JSON'],
])('a trace with %s is refused', async (_, text, message) => {
  await writeFile(join(folder, 'damaged.jsonl'), text)
  const { code, output } = await run('replay', '--trace', 'damaged.jsonl')
  expect(output).toContain(message)
  expect(code).toBe(2)
})

test('a killed run leaves half a line at the end', async () => {
  const call = '{"at":1,"call":"now","args":[],"result":1}'
  await writeFile(join(folder, 'killed.jsonl'), `{"trace":1,"workflow":"w.wasm"}\n${call}\n{"at":2,"ca`)
  const { code, output } = await run('replay', '--trace', 'killed.jsonl')
  expect(output).toContain('the trace was cut off here')
  expect(code).toBe(0)
})

test('what is replayed is not overwritten, and a walk accepts no flags of a replay', async () => {
  const over = await run('replay', 'post-each.wasm', 'rows.csv', '--trace', './rows.csv')
  expect(over.output).toContain('would overwrite "./rows.csv"')
  expect(over.code).toBe(2)
  const flag = await run('replay', '--trace', 'killed.jsonl', '--json')
  expect(flag.output).toContain('--json says how to replay')
  expect(flag.code).toBe(2)
})

test('a fault that has nothing to act on is reported with its place before anything runs', async () => {
  const file = await spec(
    'fault',
    'workflow: warn-webhook.wasm',
    'input: rows.csv',
    'tests:',
    '  - { name: gone, faults: [{ close: nobody, at: +1s }], expect: [] }',
  )
  const { code, output } = await run(file)
  expect(output).toContain('fault.slung.yaml:4:5: test "gone": cannot apply the fault { close: nobody, at: +1s }')
  expect(code).toBe(2)
})

test('a name with " > " in it is found by the command that repeats the test', async () => {
  const file = await spec(
    'sign',
    'workflow: warn-webhook.wasm',
    'input: rows.csv',
    'http: { POST https://hooks.example.com/alerts: ok }',
    'tests: [{ name: warns > 30, at_least: true, expect: [{ ws: edge-a }] }]',
  )
  expect(await run(file, '-t', '^warns > 30$')).toMatchObject({ code: 0 })
})

test('a check before the start is answered with what had arrived by then', async () => {
  const file = await spec(
    'early',
    'workflow: warn-webhook.wasm',
    'input: rows.csv',
    "start: '1970-01-01T00:00:15Z'",
    'http: { POST https://hooks.example.com/alerts: ok }',
    'tests:',
    "  - { name: early, check: [{ at: '1970-01-01T00:00:05Z', query: 'COUNT:temp:[]', equals: 1 }] }",
  )
  expect(await run(file)).toMatchObject({ code: 0 })
})

test('an invalid trace or time is reported as such', async () => {
  await writeFile(join(folder, 'none.jsonl'), '{"event":1}\n')
  expect(await run('replay', 'post-each.wasm', 'rows.csv', '--http', 'ok', '--trace', 'run.jsonl')).toMatchObject({
    code: 0,
  })

  expect(await run('replay', '--trace', 'missing.jsonl')).toMatchObject({
    code: 2,
    output: expect.stringContaining('there is no such file; slung-test --trace writes traces') as string,
  })
  expect((await run('replay', '--trace', 'none.jsonl')).output).toContain('it is not a trace of slung-test')
  expect((await run('replay', '--trace', 'run.jsonl', '--until', 'noon')).output).toContain(
    'expected a time such as 2026-01-01T00:00:07Z, or +10m',
  )
})
