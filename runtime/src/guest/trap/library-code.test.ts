import { expect, test } from 'vitest'
import { isLibraryFunction, isLibrarySource } from './library-code.ts'
import { readFunctionName } from '../wasm/demangle.ts'
import type { FunctionName } from '../wasm/demangle-v0.ts'
import type { ModuleReport } from '../check/module-report.ts'

const reports: Readonly<Record<'AssemblyScript' | 'Rust' | 'C or C++', ModuleReport>> = {
  AssemblyScript: report('AssemblyScript'),
  Rust: report('Rust'),
  'C or C++': report('C or C++'),
}

function report(language: ModuleReport['language']): ModuleReport {
  const names = ['memory', 'call', 'allocate', 'deallocate', 'main', 'my_own_export']
  const exports = names.map((name) => ({ name, type: name === 'memory' ? 'memory' : '() -> i32' }))
  const nothing = {
    entry: 'call',
    memory: null,
    imports: [],
    importCount: 0,
    exportCount: 0,
    problems: [],
    warnings: [],
  } as const
  return { kind: 'core-module', byteLength: 0, language, exports, ...nothing }
}

/** A name as people read it, or still mangled. */
function named(name: string): FunctionName {
  const read = readFunctionName(name)
  return { ...read, crate: read.crate ?? /^\w+(?=::)/.exec(name)?.[0] ?? null }
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
  ['Rust', '<[A] as core::slice::cmp::SlicePartialEq<B>>::equal'],
  ['Rust', '<(A,B) as core::fmt::Debug>::fmt::{{closure}}'],
  ['Rust', '<dyn core::any::Any as core::fmt::Debug>::fmt'],
  // rustc 1.95: std::panicking::panic_with_hook, __rustc::rust_panic, <alloc::string::String as core::fmt::Write>::write_char
  ['Rust', '_RNvNtCsebHcaeoSrxy_3std9panicking15panic_with_hook'],
  ['Rust', '_RNvCsfLfy6EI15iL_7___rustc10rust_panic'],
  ['Rust', '_RNvXsZ_NtCs5cOc02OMXlo_5alloc6stringNtB5_6StringNtNtCsgXGp5Oqx2Ny_4core3fmt5Write10write_char'],
  // Code of the library for types of the author: core::ptr::drop_in_place::<guest::Alert>, <&guest::Alert as core::fmt::Debug>::fmt
  ['Rust', '_RINvNtCsgXGp5Oqx2Ny_4core3ptr13drop_in_placeNtCs15kBYyAo9fc_5guest5AlertEBJ_'],
  ['Rust', '_RNvXs_NtCsgXGp5Oqx2Ny_4core3fmtRNtCs15kBYyAo9fc_5guest5AlertNtB4_5Debug3fmtBx_'],
  // <guest::Watch as core::iter::traits::iterator::Iterator>::map, which the trait provides
  ['Rust', '_RNvYNtCs15kBYyAo9fc_5guest5WatchNtNtNtNtCsgXGp5Oqx2Ny_4core4iter6traits8iterator8Iterator3mapB4_'],
  ['Rust', 'serde_json::de::from_str'],
  ['Rust', 'compiler_builtins::mem::memcpy'],
  ['Rust', '__rust_realloc'],
  ['Rust', 'rust_panic'],
  ['Rust', 'dlmalloc'],
  ['Rust', 'allocate'],
  ['Rust', 'main'],
  ['Rust', 'call.command_export'],
] as const)('%s: %s belongs to a library', (language, name) => {
  expect(isLibraryFunction(named(name), reports[language])).toBe(true)
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
  ['Rust', '<alloc::vec::Vec<guest::Alert> as guest::Sound>::ring'],
  ['Rust', '_RNvCs15kBYyAo9fc_5guest4tell'],
  // <guest::Alert as core::fmt::Debug>::fmt, guest::twice::<core::time::Duration>, guest::main::{closure#0}
  ['Rust', '_RNvXs_Cs15kBYyAo9fc_5guestNtB4_5AlertNtNtCsgXGp5Oqx2Ny_4core3fmt5Debug3fmt'],
  ['Rust', '_RINvCs15kBYyAo9fc_5guest5twiceNtNtCsgXGp5Oqx2Ny_4core4time8DurationEB2_'],
  ['Rust', '_RNCNvCs15kBYyAo9fc_5guest4main0B3_'],
  // A name in a grammar of the future
  ['Rust', '_R9NvC5guest4tell'],
  ['Rust', 'wasm-function[12]'],
  ['C or C++', 'dlmalloc'],
  ['C or C++', 'main'],
] as const)("%s: %s is the author's", (language, name) => {
  expect(isLibraryFunction(named(name), reports[language])).toBe(false)
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
