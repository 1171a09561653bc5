/**
 * The law of `truth.test.ts` on real processes: what `slung record` writes while a runtime runs passes as a test. Three
 * runtimes with ten workflows each; nothing here depends on how fast the machine is.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text as readText } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeRealPairs } from './real-run.ts'
import { realScenarios } from './real-scenario.ts'

const slungTest = fileURLToPath(new URL('../../bin/slung-test.js', import.meta.url))
const workflowCount = 10
/** Workflows that cannot keep up with a recording prove nothing; few are so far behind. */
const behindMax = workflowCount / 2
const fresh = Number(process.env['SLUNG_SEED'] ?? Date.now() % 1_000_000_000)

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slung-real-truth-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Runs all recorded specs. */
async function runSlungTest(): Promise<{ code: number | null; output: string }> {
  const { VITEST: _vitest, ...env } = process.env
  const child = spawn(process.execPath, [slungTest, '.'], { cwd: folder, env })
  const [stdout, stderr, [code]] = await Promise.all([
    readText(child.stdout),
    readText(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ])
  return { code, output: stdout + stderr }
}

test.each([1, 2, fresh])('what was recorded of a running process passes as a test, seed %i', async (seed) => {
  const [scenario] = fc.sample(realScenarios(workflowCount), { seed, numRuns: 1 })

  const { differences, facts } = await makeRealPairs(scenario!, folder)

  expect(differences.map(({ workflow, kind, text }) => `${workflow}: ${kind}\n${text}`).join('\n\n')).toBe('')
  expect(await runSlungTest()).toMatchObject({ code: 0 })
  expect(facts.pairs).toBe(workflowCount)
  expect(facts.behind).toBeLessThanOrEqual(behindMax)
  expect(facts.delivered).toBeGreaterThan(0)
})
