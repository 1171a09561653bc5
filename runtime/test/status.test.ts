/** `slung status` against a runtime. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runProgram } from '../src/cli/main.ts'
import { compileGuest } from './compile-guest.ts'
import { startTestRuntime, testWorkflow } from './runtime-fixture.ts'
import { spawnRuntime } from './spawn-runtime.ts'

const patience = { timeout: 60_000, interval: 10 }

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slung-status-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function writeGuest(guest: string): Promise<string> {
  const path = join(folder, `${guest}.wasm`)
  await writeFile(path, (await compileGuest(guest)).get(`${guest}.wasm`)!)
  return path
}

async function status(...flags: string[]): Promise<{ code: number; out: string; error: string }> {
  let [out, error] = ['', '']
  const output = { out: (text: string) => (out += text), error: (text: string) => (error += text) }
  return { code: await runProgram(['status', ...flags], output), out, error }
}

test('it shows the runtime and each workflow, with the token that the runtime wants', async () => {
  const workflows = [
    testWorkflow('echo', await writeGuest('echo-events')),
    testWorkflow('broken', await writeGuest('unreachable')),
  ]
  await using runtime = await startTestRuntime({ workflows, token: 's3cret' })
  const tokenFile = join(folder, 'token')
  await writeFile(tokenFile, 's3cret\n')
  const { code, out } = await vi.waitFor(async () => {
    const shown = await status('--url', runtime.url, '--token-file', tokenFile)
    expect(shown.out).toContain('trapped')
    return shown
  }, patience)
  expect(code).toBe(0)
  const lines = out.split('\n')
  expect(lines[0]).toBe(`${runtime.url.replace('http', 'ws')}: ok`)
  expect(lines[1]).toBe('  echo    running     0 Events delivered, 0 waiting, 0 writebacks')
  expect(lines[2]).toMatch(/^ {2}broken {2}(?:restarting|running {3}) {2}0 Events delivered, 0 waiting, 0 writebacks/)
  expect(lines[3]).toMatch(/^ {4}\d{4}-\d{2}-\d{2}T\S+Z {2}.*trapped/)

  const json = await status('--url', runtime.url, '--token-file', tokenFile, '--json')
  expect(JSON.parse(json.out)).toMatchObject({
    health: { status: 'ok' },
    workflows: [{ name: 'echo', state: 'running' }, { name: 'broken' }],
  })
  expect(await status('--url', runtime.url)).toMatchObject({
    code: 2,
    error: expect.stringContaining('a token is required'),
  })
})

test('a runtime that is not ok is shown with the reason, and exits 1', async () => {
  const data = join(folder, 'data')
  const runtime = await spawnRuntime(['--data', data])
  try {
    await rm(data, { recursive: true })
    const body = '{"series":"temp","timestamp":1,"value":1}\n'
    await fetch(`${runtime.url}/events`, { method: 'POST', body, headers: { 'content-type': 'application/x-ndjson' } })
    const { code, out } = await status('--url', runtime.url)
    expect(code).toBe(1)
    expect(out).toMatch(/^ws:\S+: failing: cannot write to the store [^\n]*\nno workflows\n$/)
  } finally {
    await runtime.kill()
  }
})

test('where no runtime is, it says what to do', async () => {
  const { runtime } = await startTestRuntime()
  await runtime.stop()
  const { code, error } = await status('--url', runtime.url)
  expect(code).toBe(2)
  expect(error).toMatch(/^slung: cannot ask ws:\S+: nothing is listening there; start a runtime with "slung run"\n$/)
})
