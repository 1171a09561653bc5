import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assemble, compileGuest, guestText } from '../../../test/compile-guest.ts'
import { checkModule, fileBytesMax, formatProblems } from './check-module.ts'
import type { ModuleProblemCode, ModuleReport } from './module-report.ts'
import { readWasmBinary } from '../wasm/wasm-binary.ts'

const good = guestText('(i32.const 0)', '(import "env" "u_poll_handle" (func (param i64) (result i32)))')

function reportOf(bytes: Uint8Array): ModuleReport {
  return checkModule(bytes).report
}

function codesOf({ problems }: ModuleReport): ModuleProblemCode[] {
  return problems.map(({ code }) => code)
}

test('a good module has no problems and no warnings', () => {
  const bytes = assemble(good)
  expect(reportOf(bytes)).toEqual({
    kind: 'core-module',
    byteLength: bytes.length,
    language: null,
    entry: 'call',
    memory: { initialPages: 1, maximumPages: null },
    imports: [{ module: 'env', name: 'u_poll_handle', type: '(i64) -> i32' }],
    importCount: 1,
    exports: [
      { name: 'memory', type: 'memory' },
      { name: 'allocate', type: '(i32) -> i32' },
      { name: 'deallocate', type: '(i32) -> ()' },
      { name: 'call', type: '() -> i32' },
    ],
    exportCount: 4,
    problems: [],
    warnings: [],
  })
})

test.each<[string, Uint8Array, RegExp]>([
  ['nothing', new Uint8Array(0), /is empty/],
  ['text format', Buffer.from(';; mine\n(module)'), /text format; assemble it first/],
  ['an HTML page', Buffer.from('<!DOCTYPE html><title>404</title>'), /an HTML page/],
  ['a gzip archive', gzipSync('x'), /a gzip archive/],
  ['source code', Buffer.from('import { Query } from "x"'), /source code/],
  ['anything else', Buffer.from('\u0001\u0002\u0003\u0004'), /begins with the bytes 01 02 03 04/],
])('%s is recognised', (_what, bytes, text) => {
  const { kind, problems } = reportOf(bytes)
  expect(kind).toBe('unknown')
  expect(problems).toEqual([{ code: 'not-wasm', message: expect.stringMatching(text), remedy: expect.any(String) }])
})

test('a component is distinguished from a core module', () => {
  const report = reportOf(Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0))
  expect(report.kind).toBe('component')
  expect(codesOf(report)).toEqual(['component'])
})

test.each([
  ['_ZN4core9panicking5panic17h0123456789abcdefE', 'Rust'],
  ['_RNvNtCsgXGp5Oqx2Ny_4core9panicking5panic', 'Rust'],
  ['~lib/rt/tlsf/free', 'AssemblyScript'],
  ['free', null],
])('a function named %s speaks for %s', (name, language) => {
  expect(reportOf(assemble(guestText('(i32.const 0)', `(func $${name})`), true)).language).toBe(language)
})

/** What rustc leaves of the crate `slung` 0.1 in a module that calls these functions, and of its allocator. */
function publishedModule(imports: readonly string[], texts: readonly string[]): Uint8Array {
  const known: Readonly<Record<string, string>> = {
    u_poll_handle: '(import "env" "u_poll_handle" (func (param i64) (result i32)))',
    u_write_event: '(import "env" "u_write_event" (func (param i32 i32 i32) (result i32)))',
    fd_write: '(import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))',
  }
  const data = `(data (i32.const 0) "Region starts as null address\\00${texts.join('\\00')}")`
  return assemble(guestText('(i32.const 0)', imports.map((name) => known[name]).join(' ') + data))
}
const published = 'Region pointer is null'
const checkingAllocator = 'assertion failed: psize <= size + max_overhead'

test('a build of the published crate that traps at its first Event is named as such', () => {
  const report = reportOf(publishedModule(['u_poll_handle'], [published, checkingAllocator]))
  expect(formatProblems(report.problems)).toBe(
    'it was built with the crate slung 0.1 for wasm32-unknown-unknown, where it traps at its first Event or HTTP answer:' +
      ' its allocate and deallocate disagree about sizes\n' +
      '  → build it with "cargo build --release --target wasm32-wasip1", or take the crate slung-sdk instead:' +
      ' docs/rust.md, "Workflows for the published crate"',
  )
  expect(report.warnings).toEqual([])
})

test.each([
  ['for WASI', ['u_poll_handle', 'fd_write'], [published, checkingAllocator]],
  ['that takes no answers', ['u_write_event'], [published, checkingAllocator]],
  ['with an allocator that compares nothing', ['u_poll_handle'], [published]],
  ['of another crate', ['u_poll_handle'], [checkingAllocator]],
])('a build %s is fine', (_what, imports, texts) => {
  expect(reportOf(publishedModule(imports, texts)).problems).toEqual([])
})

test('write_event of the published crate is warned about, on every target', () => {
  for (const imports of [['u_write_event'], ['u_write_event', 'u_poll_handle', 'fd_write']]) {
    const { warnings, problems } = reportOf(publishedModule(imports, [published]))
    expect(problems).toEqual([])
    expect(warnings).toEqual([
      {
        code: 'published-write-event',
        message: expect.stringMatching(/whose write_event frees the texts of .* before the host reads them$/),
        remedy: expect.stringContaining('take the crate slung-sdk instead'),
      },
    ])
  }
  expect(reportOf(publishedModule(['u_write_event'], [])).warnings).toEqual([])
})

test('a module of rules for the later engine is named as such, once', () => {
  const bytes = assemble(`(module (import "env" "slung_get" (func (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "__slung_component_Alert_descriptor") (result i64) (i64.const 0))
    (func (export "__slung_rule_on_high_temp") (result i32) (i32.const 0)))`)
  const { problems, warnings } = reportOf(bytes)
  expect(problems).toEqual([
    {
      code: 'rule-engine',
      message:
        'it is a module of rules for Slung\'s later engine (crate slung 0.2), not a workflow: it exports "__slung_rule_on_high_temp"',
      remedy: expect.stringMatching(
        /^run it with a version of Slung that has this engine; a workflow needs the crate slung-sdk/,
      ),
    },
  ])
  expect(warnings).toEqual([])
})

test('a file over 64 MiB is not read', () => {
  expect(codesOf(reportOf(new Uint8Array(fileBytesMax + 1)))).toEqual(['file-too-large'])
})

test('all problems are reported together, in the order imports, exports, memory', () => {
  const bytes = assemble(`(module
    (import "env" "u_query_liv" (func (param i32) (result i64)))
    (import "slung" "u_poll_handle" (func (param i64) (result i32)))
    (import "env" "u_free_handle" (func (param i64) (result i64)))
    (import "wasi_unstable" "fd_read" (func (param i32) (result i32)))
    (import "host" "launch_missiles" (func))
    (import "env" "somewhere" (global i32))
    (memory (export "memory") 5000)
    (func (export "call") (param i32))
    (func (export "deallocate") (param i32)))`)
  const { problems } = reportOf(bytes)
  expect(problems.map(({ code, message, remedy }) => `${code}: ${message} → ${remedy}`)).toEqual([
    'unknown-import: it imports "env"."u_query_liv", which no host has → did you mean "env"."u_query_live"?',
    'unknown-import: it imports "slung"."u_poll_handle", which no host has → import it from module "env"',
    'wrong-signature: it imports "env"."u_free_handle" as (i64) -> i64; the host has (i64) -> i32 →' +
      ' declare u_free_handle with that type, or use the declarations of a guest SDK',
    'unknown-import: it imports "wasi_unstable"."fd_read", which no host has →' +
      ' build for WASI preview 1 (module "wasi_snapshot_preview1")',
    'unknown-import: it imports "host"."launch_missiles", which no host has →' +
      ' remove what calls it; hosts have the modules "env", "slung" and "wasi_snapshot_preview1" of docs/abi.md',
    'unknown-import: it imports the global "env"."somewhere" → import functions only; docs/abi.md lists them',
    'wrong-signature: it exports "call" as (i32) -> (); expected () -> i32 →' +
      ' export the entry: "export function call(): i32" in AssemblyScript, "#[slung::main]" in Rust',
    'missing-export: it exports no function "allocate" (i32) -> i32 →' +
      ' use a guest SDK, which exports it, or export a function that reserves this many bytes',
    'memory-over-cap: its memory begins with 5000 pages (312.5 MiB), and the cap is 4096 pages (256 MiB) →' +
      ' make static data smaller, or the memory it asks for:' +
      ' --initialMemory for asc (pages), --initial-memory for the linker (bytes)',
  ])
})

test('the report of an empty module lists everything it lacks', () => {
  expect(codesOf(reportOf(assemble('(module)')))).toEqual(Array(4).fill('missing-export'))
})

test('a module for the old host is named as such, once', async () => {
  const { problems } = reportOf((await compileGuest('old-abi')).get('old-abi.wasm')!)
  expect(problems).toEqual([
    {
      code: 'old-host',
      message: 'it was built for the old host, where every type was i32: "env"."u_query_live", "env"."u_poll_handle"',
      remedy: expect.stringContaining('update the guest SDK'),
    },
  ])
})

test('wasm-bindgen is named once, however much of it there is', () => {
  const { problems } = reportOf(
    assemble(
      guestText(
        '(i32.const 0)',
        '(import "wbg" "__wbg_log_1" (func (param i32))) (import "./guest_bg.js" "__wbindgen_throw" (func (param i32)))',
      ),
    ),
  )
  expect(problems).toEqual([
    {
      code: 'wasm-bindgen',
      message: 'it was built with wasm-bindgen, for JavaScript: it imports "wbg"."__wbg_log_1" and 1 more of that kind',
      remedy: expect.stringContaining('wasm32-wasip1'),
    },
  ])
})

test('an imported memory is refused with what to change', () => {
  const bytes = assemble('(module (import "env" "memory" (memory 1)) (export "memory" (memory 0)))')
  expect(reportOf(bytes).problems).toContainEqual({
    code: 'imported-memory',
    message: 'it imports its memory as "env"."memory", but must define and export one itself',
    remedy: expect.stringContaining('--importMemory'),
  })
})

test.each(['1 1 shared', 'i64 1'])('a memory "%s" is refused', (memory) => {
  const bytes = assemble(guestText('(i32.const 0)').replace('(export "memory") 1', `(export "memory") ${memory}`))
  expect(codesOf(reportOf(bytes))).toEqual(['unsupported-memory'])
})

test('tables over the caps are refused, for each cap separately', () => {
  const problemsWith = (tables: string): string[] =>
    reportOf(assemble(guestText('(i32.const 0)', tables))).problems.map(({ code, message }) => `${code}: ${message}`)
  expect(problemsWith('(table 1 funcref) (table 2 externref) (table 3 funcref) (table 99994 funcref)')).toEqual([])
  expect(problemsWith('(table 9000000 funcref)')).toEqual([
    'tables-over-cap: its tables begin with 9000000 elements, and the cap is 100000',
  ])
  expect(problemsWith('(table 50000 funcref) (table 50001 funcref)')).toEqual([
    'tables-over-cap: its tables begin with 100001 elements, and the cap is 100000',
  ])
  expect(problemsWith('(table 0 funcref)'.repeat(60))).toEqual(['tables-over-cap: it has 60 tables, and the cap is 4'])
})

test('a table that an expression fills is refused: its maximum could not be lowered', () => {
  const bytes = assemble(guestText('(i32.const 0)', '(table 1 funcref)'))
  const { tableSection } = readWasmBinary(bytes)
  // One table of funcref, here with the bytes that announce an expression before its type.
  const { header, end } = tableSection!
  const filled = [4, 9, 1, 0x40, 0, 0x70, 0, 1, 0xd0, 0x70, 0x0b]
  const changed = Buffer.concat([bytes.subarray(0, header), Uint8Array.from(filled), bytes.subarray(end)])
  expect(reportOf(changed).problems).toEqual([
    {
      code: 'malformed',
      message: expect.stringMatching(/the table at byte \d+ is filled by an expression/),
      remedy: expect.any(String),
    },
  ])
})

test('a damaged module is reported, wherever it is damaged', () => {
  const bytes = assemble(good)
  expect(codesOf(reportOf(bytes.subarray(0, bytes.length - 3)))).toEqual(['malformed'])
  // The entry ends with "i32.const 0, end"; here it returns an i64 instead.
  const broken = Buffer.from(bytes)
  broken[broken.lastIndexOf(Buffer.from([0x41, 0x00, 0x0b]))] = 0x42
  const { problems } = reportOf(broken)
  expect(problems).toEqual([
    { code: 'malformed', message: expect.stringContaining('WebAssembly.Module()'), remedy: expect.any(String) },
  ])
})

test('any bytes get a report', async () => {
  const bytes = (await compileGuest('old-abi')).get('old-abi.wasm')!
  const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(changes, fc.nat(bytes.length), (edits, length) => {
      const damaged = Uint8Array.from(bytes)
      for (const [index, byte] of edits) damaged[index] = byte
      expect(reportOf(damaged).byteLength).toBe(bytes.length)
      expect(reportOf(damaged.subarray(0, length)).byteLength).toBe(length)
    }),
  )
})

test('_start alone is the entry; beside call it is not', () => {
  const command = good.replace('(export "call") (result i32) (i32.const 0)', '(export "_start")')
  expect(reportOf(assemble(command))).toMatchObject({ entry: '_start', problems: [] })
  const both = good.replace('(func (export "allocate")', '(func (export "_start")) (func (export "allocate")')
  expect(reportOf(assemble(both))).toMatchObject({ entry: 'call', problems: [] })
})

test('WASI functions that return nothing useful are a warning, not a problem', () => {
  const bytes = assemble(
    guestText(
      '(i32.const 0)',
      '(import "wasi_snapshot_preview1" "poll_oneoff" (func (param i32 i32 i32 i32) (result i32)))',
    ),
  )
  const { problems, warnings } = reportOf(bytes)
  expect(problems).toEqual([])
  expect(warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
    'wasi-unanswered: it imports WASI functions that answer "not supported" here: poll_oneoff',
    'no-workflow-calls: it calls no workflow function: it can neither query nor write back',
  ])
})

test('debug sections in a large module are a warning', () => {
  const name = Buffer.from('.debug_info')
  const payload = Buffer.concat([Buffer.from([name.length]), name, Buffer.alloc(2_000_000)])
  const size = Buffer.from([
    0x80 | (payload.length & 127),
    0x80 | ((payload.length >> 7) & 127),
    0x80 | ((payload.length >> 14) & 127),
    payload.length >> 21,
  ])
  const bytes = Buffer.concat([assemble(good), Buffer.from([0]), size, payload])
  const { problems, warnings } = reportOf(bytes)
  expect(problems).toEqual([])
  expect(warnings).toMatchObject([
    { code: 'debug-sections', message: expect.stringMatching(/^2000000 of its 2\d+ bytes/) },
  ])
})

test('problems are printed with their remedies, numbered when there are several', () => {
  const problem = { code: 'malformed', message: 'it is damaged', remedy: 'build again' } as const
  expect(formatProblems([problem])).toBe('it is damaged\n  → build again')
  expect(formatProblems([problem, problem])).toBe(
    '1. it is damaged\n     → build again\n2. it is damaged\n     → build again',
  )
})
