/** Timelines as snapshots, as an author sees them: written, compared, updated, and refused where CI is set. */
import { spawn } from 'node:child_process'
import { copyFile, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { guestUrl } from './build-guests.ts'

const executable = fileURLToPath(new URL('../bin/slung-test.js', import.meta.url))
const packages = fileURLToPath(new URL('../../node_modules', import.meta.url))
const vitest = join(packages, 'vitest/vitest.mjs')

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slung-snapshot-'))
  await symlink(packages, join(folder, 'node_modules'))
  await copyFile(guestUrl('downsample'), join(folder, 'flow.wasm'))
  await writeRows(4, 3)
  await writeFile(join(folder, 'flow.test.ts'), testOf(''))
})
afterEach(() => rm(folder, { recursive: true }))

const stored = (): string => join(folder, '__snapshots__/flow.test.ts.snap')
const inline = (): string => join(folder, 'flow.test.ts')

/** One sample per second. The guest writes each one back, then their count. */
async function writeRows(...values: readonly number[]): Promise<void> {
  const rows = values.map((value, second) => `2026-01-01T00:00:0${second}Z,temp,edge-a,${value}`)
  await writeFile(join(folder, 'rows.csv'), ['timestamp,series,producer,value', ...rows, ''].join('\n'))
}

/** A test of each kind. */
function testOf(approved: string): string {
  return `import '@slung/harness/matchers'
import { replay } from '@slung/harness'
import { expect, test } from 'vitest'

test('in a file', async () => {
  const run = await replay('flow.wasm', { input: 'rows.csv' })
  expect(run).toMatchTimeline()
})

test('in the test', async () => {
  const run = await replay('flow.wasm', { input: { 'temp{producer=edge-b}': { every: '1s', values: '7' } } })
  expect(run).toMatchInlineTimeline(${approved})
})
`
}

interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function run(file: string, args: readonly string[], CI?: string): Promise<Finished> {
  // Only what a process needs: the program under test must not see that this test runs in vitest or in CI.
  const { PATH, HOME, TMPDIR } = process.env
  const env = { PATH, HOME, TMPDIR, NO_COLOR: '1', ...(CI !== undefined && { CI }) }
  const child = spawn(process.execPath, [file, ...args], { cwd: folder, env })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

const slungTest = (args: readonly string[] = [], CI?: string): Promise<Finished> => run(executable, args, CI)

async function replaceIn(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(file, 'utf8')
  expect(text).toContain(from)
  await writeFile(file, text.replace(from, to))
}

test('the first run writes, the second passes, a changed fixture fails, and -u keeps handwritten parts', async () => {
  const first = await slungTest()
  expect(first.code).toBe(0)
  expect(first.stdout).toMatch(/Snapshots +2 written/)
  expect(await readFile(stored(), 'utf8')).toBe(
    [
      '// Vitest Snapshot v1, https://vitest.dev/guide/snapshot.html',
      '',
      'exports[`in a file 1`] = `',
      '2026-01-01T00:00:00Z  EVENT copy{a=1,b=2} = 4',
      '2026-01-01T00:00:00Z  WS edge-a "1 copies"',
      '2026-01-01T00:00:01Z  EVENT copy{a=1,b=2} = 4',
      '2026-01-01T00:00:01Z  WS edge-a "2 copies"',
      'drained',
      '`;',
      '',
    ].join('\n'),
  )
  const written = testOf(
    [
      '`',
      '    2026-01-01T00:00:00Z  EVENT copy{a=1,b=2} = 7',
      '    2026-01-01T00:00:00Z  WS edge-b "1 copies"',
      '    drained',
      '  `',
    ].join('\n'),
  )
  expect(await readFile(inline(), 'utf8')).toBe(written)

  expect(await slungTest()).toMatchObject({ code: 0, stderr: '' })
  expect(await readFile(inline(), 'utf8')).toBe(written)

  // By hand; a backslash is written twice in the file, as in any text between backticks.
  await replaceIn(stored(), 'WS edge-a "1 copies"', String.raw`WS <any> </^\\d copies$/>`)
  await replaceIn(stored(), '= 4\n', '= <4 ±0.5>\n')
  await replaceIn(inline(), '2026-01-01T00:00:00Z  WS edge-b', '<any>  WS edge-b')
  expect(await slungTest([], '1')).toMatchObject({ code: 0, stderr: '' })

  await writeRows(4, 6)
  const failed = await slungTest()
  expect(failed.code).toBe(1)
  expect(failed.stdout).toMatch(/Snapshots +1 failed/)
  expect(failed.stderr).toContain(
    [
      'Error: Snapshot `in a file 1` mismatched: 1 line differs',
      '',
      '  - approved  + came',
      '    2026-01-01T00:00:00Z  EVENT copy{a=1,b=2} = <4 ±0.5>',
      String.raw`    2026-01-01T00:00:00Z  WS <any> </^\d copies$/>`,
      '  - 2026-01-01T00:00:01Z  EVENT copy{a=1,b=2} = 4',
      '  + 2026-01-01T00:00:01Z  EVENT copy{a=1,b=2} = 6',
      '      cause  rows.csv:3  2026-01-01T00:00:01Z  temp = 6',
      '    2026-01-01T00:00:01Z  WS edge-a "2 copies"',
      '    drained',
      '',
      'if this is what the workflow should do, approve it with -u; placeholders that match stay as they are',
    ].join('\n'),
  )
  expect(failed.stderr).toContain('❯ flow.test.ts:7:15')

  await replaceIn(inline(), "values: '7'", "values: '8'")
  const updated = await slungTest(['-u'])
  expect(updated.code).toBe(0)
  expect(updated.stdout).toMatch(/Snapshots +2 updated/)
  expect(await readFile(stored(), 'utf8')).toContain(
    [
      'exports[`in a file 1`] = `',
      '2026-01-01T00:00:00Z  EVENT copy{a=1,b=2} = <4 ±0.5>',
      String.raw`2026-01-01T00:00:00Z  WS <any> </^\\d copies$/>`,
      '2026-01-01T00:00:01Z  EVENT copy{a=1,b=2} = 6',
      '2026-01-01T00:00:01Z  WS edge-a "2 copies"',
      'drained',
      '`;',
    ].join('\n'),
  )
  expect(await readFile(inline(), 'utf8')).toContain(
    '    2026-01-01T00:00:00Z  EVENT copy{a=1,b=2} = 8\n    <any>  WS edge-b "1 copies"\n    drained\n  `)',
  )
  expect(await slungTest()).toMatchObject({ code: 0, stderr: '' })
})

test('where CI is set nothing is written: neither a first timeline nor an update', async () => {
  const first = await slungTest([], 'true')
  expect(first.code).toBe(1)
  expect(first.stderr).toContain('mismatched: there is no approved timeline, and none is written where CI is set')
  expect(first.stderr).toContain('  + 2026-01-01T00:00:00Z  WS edge-b "1 copies"')
  await expect(readFile(stored())).rejects.toThrow('ENOENT')

  expect(await slungTest(['-u'], 'false')).toMatchObject({ code: 0 })
  const [file, source] = [await readFile(stored(), 'utf8'), await readFile(inline(), 'utf8')]
  await writeRows(4, 6)

  const refused = await slungTest(['-u'], '1')
  expect(refused).toMatchObject({ code: 2, stdout: '' })
  expect(refused.stderr).toMatch(/^slung-test: cannot update snapshots: the environment variable CI is set, .*\n$/)

  const direct = await run(vitest, ['run', '-u'], '1')
  expect(direct.code).toBe(1)
  expect(direct.stderr).toContain('cannot update snapshots: the environment variable CI is set')
  expect([await readFile(stored(), 'utf8'), await readFile(inline(), 'utf8')]).toEqual([file, source])
})

test('-u removes no timeline of a run that cannot be approved', async () => {
  await copyFile(guestUrl('ask-twice'), join(folder, 'ask.wasm'))
  const source = testOf("'drained'").replace(
    "'flow.wasm', { input: 'rows.csv' }",
    "'ask.wasm', { input: 'rows.csv', http: 'ok' }",
  )
  await writeFile(inline(), source.replace(/test\('in the test'[^]*/, ''))
  expect(await slungTest()).toMatchObject({ code: 0 })
  const approved = await readFile(stored(), 'utf8')
  expect(approved).toContain('GET https://api.example.com/limit?unit=c → 200')

  await replaceIn(inline(), ", http: 'ok'", '')
  const failed = await slungTest(['-u'])
  expect(failed.code).toBe(1)
  expect(failed.stderr).toContain('no answer covers GET https://api.example.com/limit')
  expect(await readFile(stored(), 'utf8')).toBe(approved)
})

test('a mistyped placeholder is reported with its line, and -u leaves it alone', async () => {
  await slungTest()
  await replaceIn(stored(), '"1 copies"', '<nubmer>')
  const typed = await readFile(stored(), 'utf8')

  const { code, stderr } = await slungTest(['-u'])
  expect(code).toBe(1)
  expect(stderr).toContain(
    'line 2 of the approved timeline: cannot read the placeholder "<nubmer>": did you mean <number>?',
  )
  expect(await readFile(stored(), 'utf8')).toBe(typed)
})
