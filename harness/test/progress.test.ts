/** What commands that take long show on a terminal, a real one (`script` of util-linux makes it), and nowhere else. */
import { spawn } from 'node:child_process'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { spawnRuntime } from '../../runtime/test/spawn-runtime.ts'
import { guestUrl } from './build-guests.ts'

const slungTest = fileURLToPath(new URL('../bin/slung-test.js', import.meta.url))
const slung = fileURLToPath(new URL('../../runtime/bin/slung.js', import.meta.url))

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slung-progress-'))
  await copyFile(guestUrl('read-every-event'), join(folder, 'flow.wasm'))
  await writeFile(join(folder, 'rows.csv'), 'timestamp,series,sensor,value\n0,temp,1,4\n3000000,temp,1,3\n')
})
afterAll(() => rm(folder, { recursive: true }))

interface Finished {
  readonly code: number | null
  /** Of the terminal, or of both pipes. */
  readonly shown: string
}

async function run(command: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Finished> {
  const { VITEST: _vitest, CI: _ci, FORCE_COLOR: _color, ...own } = process.env
  const [program, ...args] = command
  const env = { ...own, NO_COLOR: '1', ...environment }
  const child = spawn(program!, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let shown = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (shown += chunk.toString()))
  return await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, shown }))
  })
}

/** In a shell on a terminal of its own. */
function onTerminal(command: string, environment?: NodeJS.ProcessEnv): Promise<Finished> {
  return run(['script', '-qec', command, '/dev/null'], environment)
}

const erased = '\r\u001b[2K'
const node = `"${process.execPath}"`
// Seven seconds on a machine that is not fast: nothing but ticks.
const slowReplay = `${node} "${slungTest}" replay flow.wasm rows.csv --json --tick 100ms --ticks-max 99999999 --until +90d`
// A fixture that takes three seconds to arrive.
const slowInput = `(sleep 3; cat rows.csv) | ${node} "${slungTest}" replay flow.wasm /dev/stdin`

describe.skipIf(process.platform !== 'linux')('on a terminal', () => {
  test('a replay shows how far it is, apart from its output, and leaves nothing of it', async () => {
    const { code, shown } = await onTerminal(`${slowReplay} > out.jsonl`)
    expect(shown).toMatch(/replaying flow\.wasm: \d+ %, 2 of 2 rows, \d+ s/)
    expect(shown.startsWith(erased)).toBe(true)
    expect(shown.endsWith(erased)).toBe(true)
    expect(shown).not.toContain('\n')
    expect(JSON.parse(await readFile(join(folder, 'out.jsonl'), 'utf8'))).toMatchObject({ kind: 'end', rows: 2 })
    expect(code).toBe(0)
  })

  test('a fixture that takes long is named while it is read', async () => {
    const { code, shown } = await onTerminal(slowInput)
    expect(shown).toMatch(/reading \/dev\/stdin: \d+ s/)
    expect(shown.split(erased).at(-1)).toContain('2 rows, 2 Events delivered, 0 writebacks: drained')
    expect(code).toBe(0)
  })

  test('a CI job shows none', async () => {
    const { shown } = await onTerminal(slowInput, { CI: 'true' })
    expect(shown).not.toContain(erased)
    expect(shown).toContain('2 rows, 2 Events delivered, 0 writebacks: drained')
  })

  test('a build of a spec shows how long it takes', async () => {
    const spec =
      'workflow: built.wasm\nbuild: sleep 3 && cp flow.wasm built.wasm\ninput: rows.csv\ntests: [{ name: quiet, expect: [] }]\n'
    await writeFile(join(folder, 'built.slung.yaml'), spec)
    const { code, shown } = await onTerminal(`${node} "${slungTest}" built.slung.yaml`)
    expect(shown).toMatch(/building built\.wasm: \d+ s/)
    expect(shown).toContain('1 passed')
    expect(code).toBe(0)
  })

  test('sending shows a bar', async () => {
    const runtime = await spawnRuntime([], { isBuilt: true })
    try {
      const send = `"${slung}" send rows.csv --pace 1 --linger 10ms --url ${runtime.url}`
      const { code, shown } = await onTerminal(`${node} ${send}`)
      expect(shown).toMatch(/█+░+ +50% 1 row \d/)
      expect(shown.split(erased).at(-1)).toMatch(/^sent 2 rows in \d+\.\d s/)
      expect(code).toBe(0)
    } finally {
      await runtime.kill()
    }
  })
})

test('without a terminal, there is no such line', async () => {
  const { code, shown } = await run(['sh', '-c', slowInput])
  expect(shown).toMatch(/^flow\.wasm: starts 1970-01-01T00:00:00Z/)
  expect(shown).not.toContain('\r')
  expect(code).toBe(0)
})
