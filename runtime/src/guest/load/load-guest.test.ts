import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { assemble, compileGuest, guestText, loadTextGuest } from '../../../test/compile-guest.ts'
import { ScriptedHost } from '../../../test/scripted-host.ts'
import { GuestInstance } from '../run/guest-instance.ts'
import { loadGuest, prepareGuest, type GuestModule } from './load-guest.ts'
import { wasmEngine } from '../wasm/wasm-engine.ts'
import { encodeUnsigned } from '../wasm/byte-writer.ts'

// Grows its memory page by page, and returns how many pages it got to.
const grower = guestText(`(loop $more (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) (memory.size)`)

async function resultOf(guest: GuestModule): Promise<unknown> {
  const outcome = await new GuestInstance(guest, new ScriptedHost()).call()
  return outcome.kind === 'returned' ? outcome.code : outcome
}

test('the memory cap holds, whether or not the module states a maximum', async () => {
  const unlimited = await prepareGuest('a.wasm', assemble(grower), { memoryPagesMax: 300 })
  expect(unlimited.memoryPagesMax).toBe(300)
  expect(await resultOf(unlimited)).toBe(300)
  const modest = grower.replace('(export "memory") 1', '(export "memory") 1 7')
  expect(await resultOf(await prepareGuest('a.wasm', assemble(modest), { memoryPagesMax: 300 }))).toBe(7)
  const greedy = grower.replace('(export "memory") 1', '(export "memory") 1 65536')
  expect(await resultOf(await prepareGuest('a.wasm', assemble(greedy), { memoryPagesMax: 20 }))).toBe(20)
})

test('a device and a file of more than 256 MiB are no modules', async () => {
  await expect(loadGuest('/dev/zero')).rejects.toThrow('cannot read workflow "/dev/zero": it is not a regular file')
  const folder = await mkdtemp(join(tmpdir(), 'slung-load-'))
  try {
    const file = join(folder, 'large.wasm')
    await writeFile(file, '')
    await truncate(file, 256 * 1024 * 1024 + 1)
    await expect(loadGuest(file)).rejects.toThrow('large.wasm": it has 257 MiB, expected at most 256 MiB')
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('the cap is 256 MiB by default', async () => {
  expect((await prepareGuest('a.wasm', assemble(grower))).memoryPagesMax).toBe(4096)
})

test('a table grows up to its cap and no further, so that it never outgrows the heap', async () => {
  const grow = (table: string): string => `(table.grow ${table} (ref.null func) (i32.const 9000000))`
  const most = '(table.grow $a (ref.null func) (i32.const 99990))'
  const guest = await loadTextGuest(
    `(if (i32.ne ${grow('$a')} (i32.const -1)) (then (return (i32.const 1))))
     (if (i32.ne ${grow('$b')} (i32.const -1)) (then (return (i32.const 2))))
     (if (i32.ne ${most} (i32.const 10)) (then (return (i32.const 3))))
     (table.size $a)`,
    '(table $a 10 funcref) (table $b 0 9000000 funcref)',
  )
  expect(await resultOf(guest)).toBe(100_000)
})

test('a bad module is refused with every problem', async () => {
  const bytes = assemble('(module (memory (export "memory") 1))')
  await expect(prepareGuest('flows/a.wasm', bytes)).rejects.toMatchObject({
    code: 'bad-module',
    message: expect.stringMatching(
      /^cannot run workflow "flows\/a\.wasm":\n1\. it has no entry.*\n {5}→ .*\n2\. .*"allocate".*\n {5}→ .*\n3\. .*"deallocate"/,
    ),
  })
})

test('a missing file, or a folder, is named', async () => {
  const missing = join(import.meta.dirname, 'no-such.wasm')
  await expect(loadGuest(missing)).rejects.toMatchObject({
    code: 'unreadable-file',
    message: `cannot read workflow "${missing}": there is no such file`,
  })
  await expect(loadGuest(import.meta.dirname)).rejects.toThrow(/: it is a directory$/)
})

test('a module survives structured cloning with all it needs', async () => {
  const guest = await loadTextGuest('(i32.const 5)')
  expect(await resultOf(structuredClone(guest))).toBe(5)
})

test('a source map may be inline, beside the module, or missing', async () => {
  const files = await compileGuest('abort')
  const module = files.get('abort.wasm')!
  const map = files.get('abort.wasm.map')!
  const withoutUrl = module.subarray(0, endOfSection(module, 'name'))
  const inline = `data:application/json;base64,${Buffer.from(map).toString('base64')}`
  expect(await locationOf(await prepareGuest('abort.wasm', withUrl(withoutUrl, inline)))).toMatch(/^abort\.ts:5:/)
  expect(await locationOf(await prepareGuest('abort.wasm', withoutUrl))).toBeNull()
  expect(await locationOf(await prepareGuest('abort.wasm', withUrl(withoutUrl, 'data:,no map')))).toBeNull()

  const directory = await mkdtemp(join(tmpdir(), 'slung-map-'))
  try {
    const file = join(directory, 'abort.wasm')
    await writeFile(join(directory, 'deep.map'), map)
    await writeFile(file, withUrl(withoutUrl, 'https://example.com/maps/../deep.map'))
    expect(await locationOf(await loadGuest(file))).toMatch(/^abort\.ts:5:/)
    await writeFile(file, withUrl(withoutUrl, './gone.map'))
    expect(await locationOf(await loadGuest(file))).toBeNull()
  } finally {
    await rm(directory, { recursive: true })
  }
})

test('a rewritten module keeps the positions and the report of the file', async () => {
  const files = await compileGuest('abort')
  const map = files.get('abort.wasm.map')!
  const module = files.get('abort.wasm')!
  const bytes = withUrl(
    module.subarray(0, endOfSection(module, 'name')),
    `data:application/json;base64,${Buffer.from(map).toString('base64')}`,
  )
  const padding = Buffer.from([0, 8, 7, ...Buffer.from('padding')])
  const rewritten = await prepareGuest('abort.wasm', bytes, {
    rewrite: (original) => ({
      bytes: Buffer.concat([original.bytes.subarray(0, 8), padding, original.bytes.subarray(8)]),
      moves: { starts: Uint32Array.of(8 + padding.length), shifts: Int32Array.of(padding.length) },
    }),
  })
  const plain = await prepareGuest('abort.wasm', bytes)
  expect(wasmEngine.Module.customSections(rewritten.module, 'padding')).toHaveLength(1)
  expect(rewritten.report).toEqual(plain.report)
  expect(await locationOf(rewritten)).toBe(await locationOf(plain))
})

test('_initialize runs once, before the first call', async () => {
  const guest = await loadTextGuest(
    '(global.set $count (i32.add (global.get $count) (i32.const 1))) (global.get $count)',
    '(global $count (mut i32) (i32.const 0)) (func (export "_initialize") (global.set $count (i32.const 10)))',
  )
  const instance = new GuestInstance(guest, new ScriptedHost())
  expect(await instance.call()).toEqual({ kind: 'returned', code: 11 })
  expect(await instance.call()).toEqual({ kind: 'returned', code: 12 })
})

test('_start alone runs once, and proc_exit is its result', async () => {
  const text = (body: string): string =>
    guestText('(i32.const 9)', '(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))')
      .replace('(func $call (export "call")', '(func $call')
      .replace('(func (export "allocate")', `(func (export "_start") ${body}) (func (export "allocate")`)
  const silent = new GuestInstance(await prepareGuest('a.wasm', assemble(text(''))), new ScriptedHost())
  expect(await silent.call()).toEqual({ kind: 'returned', code: 0 })
  await expect(silent.call()).rejects.toThrow(/its _start has returned, and runs only once; use a new instance$/)
  const exiting = await prepareGuest('a.wasm', assemble(text('(call $exit (i32.const 70))')))
  expect(await new GuestInstance(exiting, new ScriptedHost()).call()).toEqual({ kind: 'returned', code: 70 })
})

async function locationOf(guest: GuestModule): Promise<string | null> {
  const outcome = await new GuestInstance(guest, new ScriptedHost()).call()
  return outcome.kind === 'trapped' ? outcome.trap.frames[0]!.location : 'no trap'
}

/** Offset after a custom section of a module whose custom sections come last. */
function endOfSection(module: Uint8Array, name: string): number {
  const [section] = wasmEngine.Module.customSections(new wasmEngine.Module(module), name)
  return Buffer.from(module).indexOf(Buffer.from(section!)) + section!.byteLength
}

function withUrl(module: Uint8Array, url: string): Uint8Array {
  const name = Buffer.from('sourceMappingURL')
  const payload = [
    ...encodeUnsigned(name.length),
    ...name,
    ...encodeUnsigned(Buffer.byteLength(url)),
    ...Buffer.from(url),
  ]
  return Buffer.concat([module, Buffer.from([0, ...encodeUnsigned(payload.length), ...payload])])
}
