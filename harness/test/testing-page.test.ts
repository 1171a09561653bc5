/**
 * The page about testing, as a reader would try it: its blocks that name a file become a folder, and `slung-test` passes in it. So what
 * the page shows is what works.
 */
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const executable = fileURLToPath(new URL('../bin/slung-test.js', import.meta.url))
const page = new URL('../../docs/testing.md', import.meta.url)
const modules = fileURLToPath(new URL('../../node_modules', import.meta.url))
let folder = ''
let files: ReadonlyMap<string, string> = new Map()

beforeAll(async () => {
  files = filesOf(await readFile(page, 'utf8'))
  folder = await mkdtemp(join(tmpdir(), 'slung-page-'))
  await symlink(modules, join(folder, 'node_modules'))
  for (const [name, text] of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
})
afterAll(() => rm(folder, { recursive: true }))

/** Blocks whose first line is a comment with a file name; that line stays out of JSON and CSV, which have no comments. */
function filesOf(markdown: string): Map<string, string> {
  const blocks = markdown.matchAll(/^```(\w+)\n(?:#|\/\/) (\S+\.\w+)\n(.*?)^```$/gms)
  return new Map([...blocks].map(([, , name = '', text = '']) => [name, text]))
}

function run(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<{ code: number | null; output: string }> {
  const { VITEST: _vitest, FORCE_COLOR: _color, CI: _ci, GITHUB_ACTIONS: _actions, ...own } = process.env
  const child = spawn(process.execPath, [executable, ...args], {
    cwd: folder,
    env: { ...own, NO_COLOR: '1', ...environment },
  })
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

test('everything on the page passes, twice, and covers the workflow', async () => {
  expect([...files.keys()].filter((name) => /\.(?:slung\.yaml|test\.ts)$/.test(name)).length).toBeGreaterThanOrEqual(9)
  // As in CI, where no snapshot is written: that of the page is the one that is compared.
  const { code, output } = await run(['--coverage.thresholds', '80'], { CI: 'true' })

  expect(output).not.toContain('FAIL')
  expect(code).toBe(0)
  expect(output).toMatch(/Tests {2}\d+ passed \(\d+\)/)
  expect(output).toContain('every test twice')
  expect(await readFile(join(folder, 'coverage/lcov.info'), 'utf8')).toMatch(/^SF:.*assembly\/alert\.ts$/m)
})

test('a trace is written and walked through as the page says', async () => {
  const written = await run(['replay', 'build/alert.wasm', 'fixtures/hot.csv', '--http', 'ok', '--trace', 'run.jsonl'])
  expect(written.code).toBe(0)
  const walked = await run(['replay', '--trace', 'run.jsonl', '--until', '2026-01-01T00:00:20Z'])
  expect(walked).toMatchObject({ code: 0 })
  expect(walked.output).toContain('u_writeback_ws(1, "high") → ok')
  expect(walked.output).not.toContain('"normal"')
  expect(walked.output).toContain('handle 1  AVG:temp:[]:[1m]  35 at 00:00:20')
})

test('two builds are compared as the page says', async () => {
  const args = ['fixtures/hot.csv', '--http', 'ok']
  expect(await run(['differ', 'build/alert.wasm', 'build/alert.wasm', ...args])).toMatchObject({
    code: 0,
    output: expect.stringContaining('no difference: 4 writebacks') as string,
  })
  const other = await run(['differ', 'build/alert.wasm', 'build/silence.wasm', ...args])
  expect(other.code).toBe(1)
  expect(other.output).toContain('writeback 1 differs')
  expect(other.output).toContain('cause  fixtures/hot.csv:4')
})

test('a trace, or a time, that is none is said as such', async () => {
  await writeFile(join(folder, 'none.jsonl'), '{"event":1}\n')
  expect(await run(['replay', '--trace', 'missing.jsonl'])).toMatchObject({
    code: 2,
    output: expect.stringContaining('there is no such file; slung-test --trace writes traces') as string,
  })
  expect((await run(['replay', '--trace', 'none.jsonl'])).output).toContain('it is no trace of slung-test')
  expect((await run(['replay', '--trace', 'run.jsonl', '--until', 'noon'])).output).toContain(
    'expected a time such as 2026-01-01T00:00:07Z, or +10m',
  )
})
