/** The line that CI reads: nothing that failed, died or is missing looks like success. */
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runners, type RunResults } from './results.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slung-results-'))
  for (const runner of runners) await leave(runner, { numPassedTests: 10, numFailedTests: 0, success: true })
})
afterEach(() => rm(folder, { recursive: true }))

async function leave(runner: string, results: RunResults | string): Promise<void> {
  const text = typeof results === 'string' ? results : JSON.stringify(results)
  await writeFile(join(folder, `${runner}.json`), text)
}

function count(status: string): { line: string; said: string; code: number | null } {
  const script = join(import.meta.dirname, 'count-results.ts')
  const { stdout, stderr, status: code } = spawnSync(process.execPath, [script, folder, status], { encoding: 'utf8' })
  return { line: stdout.trimEnd(), said: stderr.trimEnd(), code }
}

const all = 10 * runners.length

test('what all runners counted is one line', () => {
  expect(count('0')).toEqual({ line: `${all} passed, 0 failed`, said: '', code: 0 })
})

test('failed tests are failed tests', async () => {
  await leave('rust', { numPassedTests: 7, numFailedTests: 3, success: false })
  expect(count('1')).toEqual({ line: `${all - 3} passed, 3 failed`, said: '', code: 1 })
})

test('a file of tests that cannot be read has no failed test, and fails', async () => {
  await leave('harness', { numPassedTests: 10, numFailedTests: 0, success: false })
  expect(count('0')).toEqual({ line: `${all} passed, 1 failed`, said: '', code: 1 })
})

test('a failing gate that is not a test counts as a failed test', () => {
  expect(count('2')).toEqual({ line: `${all} passed, 1 failed`, said: '', code: 1 })
})

test.each([
  ['left nothing', null],
  ['was killed while it wrote', '{"numPassedTests":10,'],
  ['left something else', '{"numPassedTests":10}'],
])('a runner that %s has failed, whatever the others say', async (_, text) => {
  if (text === null) await rm(join(folder, 'as-pect.json'))
  else await leave('as-pect', text)
  expect(count('0')).toEqual({
    line: `${all - 10} passed, 1 failed`,
    said: 'count-results: no results of as-pect',
    code: 1,
  })
})
