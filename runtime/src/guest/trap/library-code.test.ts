import { expect, test } from 'vitest'
import { isLibraryFunction, isLibrarySource } from './library-code.ts'
import type { ModuleReport } from '../check/module-report.ts'

const reports: Readonly<Record<'AssemblyScript' | 'Rust' | 'C or C++', ModuleReport>> = {
  AssemblyScript: report('AssemblyScript'),
  Rust: report('Rust'),
  'C or C++': report('C or C++'),
}

function report(language: ModuleReport['language']): ModuleReport {
  const names = ['memory', 'call', 'allocate', 'deallocate', 'main', 'my_own_export']
  const exports = names.map((name) => ({ name, type: name === 'memory' ? 'memory' : '() -> i32' }))
  const nothing = { entry: 'call', memory: null, imports: [], problems: [], warnings: [] } as const
  return { kind: 'core-module', byteLength: 0, language, exports, ...nothing }
}

test.each([
  ['AssemblyScript', '~lib/rt/itcms/__new'],
  ['AssemblyScript', '~start'],
  ['AssemblyScript', '~lib/@slung/sdk-as/assembly/live/LiveQuery#poll'],
  ['AssemblyScript', '../../sdk-as/assembly/region/allocate'],
  ['AssemblyScript', 'node_modules/@slung/sdk-as/assembly/abort/slung_abort'],
  ['Rust', 'core::ptr::drop_in_place<guest::Alert>'],
  ['Rust', '<alloc::vec::Vec<T,A> as core::ops::drop::Drop>::drop'],
  ['Rust', '<&mut W as core::fmt::Write>::write_str'],
  ['Rust', '<T as core::any::Any>::type_id'],
  ['Rust', '<&str as alloc::ffi::c_str::CString::new::SpecNewImpl>::spec_new_impl'],
  ['Rust', 'slung::json::Json::set'],
  ['Rust', '<slung::region::Owned as core::ops::drop::Drop>::drop'],
  ['Rust', 'compiler_builtins::mem::memcpy'],
  ['Rust', '__rust_realloc'],
  ['Rust', 'rust_panic'],
  ['Rust', 'dlmalloc'],
  ['Rust', 'allocate'],
  ['Rust', 'main'],
  ['Rust', 'call.command_export'],
] as const)('%s: %s belongs to a library', (language, name) => {
  expect(isLibraryFunction(name, reports[language])).toBe(true)
})

test.each([
  ['AssemblyScript', 'assembly/index/call'],
  ['AssemblyScript', 'assembly/index/Watch#poll'],
  ['Rust', 'call'],
  ['Rust', 'my_own_export'],
  ['Rust', 'guest::main'],
  ['Rust', '<guest::Alert as core::fmt::Display>::fmt'],
  ['Rust', '<&guest::Alert as guest::Sound>::ring'],
  ['Rust', 'slungshot::aim'],
  ['Rust', '_RNvCs15kBYyAo9fc_5guest4tell'],
  ['Rust', 'wasm-function[12]'],
  ['C or C++', 'dlmalloc'],
  ['C or C++', 'main'],
] as const)("%s: %s is the author's", (language, name) => {
  expect(isLibraryFunction(name, reports[language])).toBe(false)
})

test('library sources are recognised', () => {
  const library = [
    '~lib/array.ts',
    'node_modules/as-thing/assembly/index.ts',
    '../node_modules/.pnpm/x/y.ts',
    '../../sdk-as/assembly/abort.ts',
  ]
  expect(library.filter((source) => !isLibrarySource(source))).toEqual([])
  const own = ['assembly/index.ts', '../shared/units.ts', 'lib/array.ts', 'my-sdk-as/assembly/index.ts', 'src/main.rs']
  expect(own.filter((source) => isLibrarySource(source))).toEqual([])
})
