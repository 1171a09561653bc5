import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text as readText } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compileGuest } from '../../test/compile-guest.ts'
import { runProgram } from './main.ts'

let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slung-cli-'))
})

afterAll(async () => {
  await rm(directory, { recursive: true })
})

async function run(...parameters: string[]): Promise<{ code: number; out: string; error: string }> {
  let out = ''
  let error = ''
  const code = await runProgram(parameters, { out: (text) => (out += text), error: (text) => (error += text) })
  return { code, out, error }
}

async function writeGuest(name: string): Promise<string> {
  const file = join(directory, `${name}.wasm`)
  await writeFile(file, (await compileGuest(name)).get(`${name}.wasm`)!)
  return file
}

test('a good module is ok, with its imports and exports', async () => {
  const file = await writeGuest('forward')
  const { code, out, error } = await run('check', file)
  expect({ code, error }).toEqual({ code: 0, error: '' })
  expect(out).toMatch(`${file}: ok\n`)
  expect(out).toContain('probably AssemblyScript, entry call')
  expect(out).toContain('  import env.u_query_live (i32) -> i64\n')
  expect(out).toContain('  export call () -> i32\n')
})

test('a module with problems exits 1 and lists them with their remedies', async () => {
  const file = await writeGuest('old-abi')
  const { code, out } = await run('check', file)
  expect(code).toBe(1)
  expect(out).toMatch(
    `${file}: 1 problem\nit was built for the old host, where every type was i32: "env"."u_query_live"`,
  )
  expect(out).toContain('→ update the guest SDK')
})

test('--json prints the whole report as one object', async () => {
  const file = await writeGuest('old-abi')
  const { code, out } = await run('check', file, '--json')
  expect(code).toBe(1)
  expect(JSON.parse(out)).toMatchObject({
    file,
    kind: 'core-module',
    language: 'AssemblyScript',
    problems: [{ code: 'old-host' }],
    warnings: [],
  })
})

test('a file that is not WebAssembly could not be checked, and the report has the remedy', async () => {
  const file = join(directory, 'page.wasm')
  await writeFile(file, '<!doctype html><title>404</title>')
  const { code, out, error } = await run('check', file)
  expect({ code, error }).toEqual({ code: 2, error: '' })
  expect(out).toBe(
    `${file}: 1 problem\nit is not a WebAssembly module: it looks like an HTML page, perhaps from a failed download\n` +
      '  → name the .wasm file that the build wrote\n',
  )
  expect(await run('check', file, '--json')).toMatchObject({ code: 2, out: expect.stringContaining('"not-wasm"') })
})

test('a component is WebAssembly, though not of the kind that runs', async () => {
  const file = join(directory, 'component.wasm')
  await writeFile(file, Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0))
  expect((await run('check', file)).code).toBe(1)
})

test('a missing file could not be checked', async () => {
  const file = join(directory, 'no-such.wasm')
  expect(await run('check', file)).toEqual({
    code: 2,
    out: '',
    error: `slung: cannot read workflow "${file}": there is no such file\n`,
  })
})

test.each([
  [['chek', 'x.wasm'], /^slung: unknown command 'chek' \(Did you mean check\?\); see "slung --help"\n$/],
  [
    ['check', 'x.wasm', '--jsn'],
    /^slung check: unknown option '--jsn' \(Did you mean --json\?\); see "slung check --help"\n$/,
  ],
  [['check'], /^slung check: missing required argument 'file'; see "slung check --help"\n$/],
  [['check', 'a.wasm', 'b.wasm'], /^slung check: too many arguments.*; see "slung check --help"\n$/],
  [['help', 'chek'], /^slung: unknown command 'chek' \(Did you mean check\?\); see "slung --help"\n$/],
  [['--verbose'], /^slung: unknown option '--verbose'.*; see "slung --help"\n$/],
])('wrong usage %j exits 2 with one clear line', async (parameters, text) => {
  const { code, out, error } = await run(...parameters)
  expect(error).toMatch(text)
  expect({ code, out }).toEqual({ code: 2, out: '' })
})

test('no command at all shows the help and exits 2', async () => {
  const { code, out, error } = await run()
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(error).toContain('Usage: slung')
})

test.each(['-h', '--help', 'help'])('%s exits 0 and says what there is', async (flag) => {
  const { code, out, error } = await run(flag)
  expect({ code, error }).toEqual({ code: 0, error: '' })
  expect(out).toContain('Usage: slung')
  expect(out).toContain('help [command]')
})

test.each([
  ['check', '--help'],
  ['check', '-h'],
  ['help', 'check'],
])('%s %s exits 0 and prints the help of the command', async (...parameters) => {
  const help = await run(...parameters)
  expect(help).toMatchObject({ code: 0, error: '' })
  expect(help.out).toContain('Exit codes: 0 it can run, 1 it has problems, 2 it could not be checked.')
})

test.each(['-V', '--version'])('%s exits 0', async (flag) => {
  const version = await run(flag)
  expect(version).toMatchObject({ code: 0, error: '' })
  expect(version.out).toMatch(/^\d+\.\d+\.\d+\n$/)
})

test('a reader that leaves early changes nothing and leaves no trace', async () => {
  const file = await writeGuest('forward')
  const entry = new URL('./main.ts', import.meta.url).href
  const script = `process.exitCode = await (await import(${JSON.stringify(entry)})).main(process.argv.slice(1))`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, 'check', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stdout.destroy()
  const stderr = readText(child.stderr)
  const [code] = (await once(child, 'close')) as [number | null]
  expect({ code, stderr: await stderr }).toEqual({ code: 0, stderr: '' })
})

test('the launcher refuses an old Node with one sentence', async () => {
  // The launcher sees a made-up version: an old Node is not available everywhere.
  const launcher = new URL('../../bin/slung.js', import.meta.url).href
  const script = `Object.defineProperty(process.versions, 'node', { value: '24.19.0' }); await import(${JSON.stringify(launcher)})`
  const { promise, resolve } = Promise.withResolvers<{ code: unknown; stderr: string }>()
  execFile(process.execPath, ['--input-type=module', '-e', script], (error, _stdout, stderr) =>
    resolve({ code: error?.code, stderr }),
  )
  const { code, stderr } = await promise
  expect(code).toBe(2)
  expect(stderr).toMatch(/^slung: cannot run on Node 24\.19\.0: expected 24\.20 or newer; .*npm package "node".*\n$/)
})
