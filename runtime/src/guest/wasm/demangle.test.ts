import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readFunctionName } from './demangle.ts'

test.each([
  ['_ZN5guest8workflow17h0123456789abcdefE', 'guest::workflow'],
  ['_ZN4core9panicking9panic_fmt17h1f2e3d4c5b6a7988E', 'core::panicking::panic_fmt'],
  [
    '_ZN51_$LT$guest..Alert$u20$as$u20$core..fmt..Display$GT$3fmt17h0123456789abcdefE',
    '<guest::Alert as core::fmt::Display>::fmt',
  ],
  ['_ZN5guest4call28_$u7b$$u7b$closure$u7d$$u7d$17h0123456789abcdefE', 'guest::call::{{closure}}'],
  ['_ZN3std2io5StdinE', 'std::io::Stdin'],
  ['_ZN4core3ptr17h0123456789abcdefE.llvm.4784807839711558818', 'core::ptr'],
  ['_ZN4core3ptr17h0123456789abcdefE.0', 'core::ptr.0'],
])('legacy: %s reads %s', (mangled, readable) => {
  expect(readFunctionName(mangled).text).toBe(readable)
})

/* The examples of RFC 2603 and of the rustc book. */
test.each([
  ['_RNvNtCs1234_7mycrate3foo3bar', 'mycrate::foo::bar'],
  ['_RINvNtC3std3mem8align_ofdE', 'std::mem::align_of::<f64>'],
  ['_RINvNtC3std3mem8align_ofjEC3foo', 'std::mem::align_of::<usize>'],
  ['_RINvNtC3std3mem8align_ofRcE', 'std::mem::align_of::<&char>'],
  ['_RINvNtC3std3mem8align_ofQTReuEE', 'std::mem::align_of::<&mut (&str, ())>'],
  ['_RINvNtC3std3mem8align_ofNtNtC3std3mem12DiscriminantE', 'std::mem::align_of::<std::mem::Discriminant>'],
  ['_RNvMsr_NtCs3ssYzQotkvD_3std4pathNtB5_7PathBuf3newCs15kBYyAo9fc_7mycrate', '<std::path::PathBuf>::new'],
  ['_RNvCs15kBYyAo9fc_7mycrate7example', 'mycrate::example'],
  ['_RNvMs_Cs4Cv8Wi1oAIB_7mycrateNtB4_7Example3foo', '<mycrate::Example>::foo'],
  ['_RNvMCs7qp2U7fqm6G_7mycrateNtB2_7Example3foo', '<mycrate::Example>::foo'],
  ['_RNvXCs15kBYyAo9fc_7mycrateNtB2_7ExampleNtB2_5Trait3foo', '<mycrate::Example as mycrate::Trait>::foo'],
  ['_RNvYNtCs15kBYyAo9fc_7mycrate7ExampleNtB4_5Trait7exampleB4_', '<mycrate::Example as mycrate::Trait>::example'],
  ['_RNCNvCsgStHSCytQ6I_7mycrate4main0B3_', 'mycrate::main::{closure#0}'],
  ['_RNCNvCsgStHSCytQ6I_7mycrate4mains_0B3_', 'mycrate::main::{closure#1}'],
  ['_RINvCsgStHSCytQ6I_7mycrate7examplelKj1_EB2_', 'mycrate::example::<i32, 1>'],
  ['_RINvCs7qp2U7fqm6G_7mycrate7exampleAtj8_EB2_', 'mycrate::example::<[u16; 8]>'],
  ['_RINvCs7qp2U7fqm6G_7mycrate7exampleNtB2_7ExampleBw_EB2_', 'mycrate::example::<mycrate::Example, mycrate::Example>'],
  ['_RINvMsY_NtCseXNvpPnDBDp_3std4pathNtB6_4Path3neweECs7qp2U7fqm6G_7mycrate', '<std::path::Path>::new::<str>'],
])('v0: %s reads %s', (mangled, readable) => {
  expect(readFunctionName(mangled).text).toBe(readable)
})

/* Vectors of rustc-demangle and of LLVM's demangler. */
test.each([
  ['_RNvC6_123foo3bar', '123foo::bar'],
  ['_RC4f128', 'f128'],
  ['_RC3foo.llvm.9D1C9369', 'foo'],
  ['_RC3foo.llvm.9D1C9369@@16', 'foo'],
  ['_RNvC9backtrace3foo.llvm.A5310EB9', 'backtrace::foo'],
  [
    '_RNvNtNtNtNtCs92dm3009vxr_4rand4rngs7adapter9reseeding4fork23FORK_HANDLER_REGISTERED.0.0',
    'rand::rngs::adapter::reseeding::fork::FORK_HANDLER_REGISTERED.0.0',
  ],
  ['_RNqCs4fqI2P2rA04_11utf8_identsu30____7hkackfecea1cbdathfdh9hlq6y', 'utf8_idents::საჭმელად_გემრიელი_სადილი'],
  ['_RNCNCNgCs6DXkGYLi8lr_2cc5spawn00B5_', 'cc::spawn::{closure#0}::{closure#0}'],
  [
    '_RNCINkXs25_NgCsbmNqQUJIY6D_4core5sliceINyB9_4IterhENuNgNoBb_4iter8iterator8Iterator9rpositionNCNgNpB9_6memchr7memrchrs_0E0Bb_',
    '<core::slice::Iter<u8> as core::iter::iterator::Iterator>::rposition::<core::slice::memchr::memrchr::{closure#1}>::{closure#0}',
  ],
  [
    '_RINbNbCskIICzLVDPPb_5alloc5alloc8box_freeDINbNiB4_5boxed5FnBoxuEp6OutputuEL_ECs1iopQbuBiw2_3std',
    'alloc::alloc::box_free::<dyn alloc::boxed::FnBox<(), Output = ()>>',
  ],
  ['_RMCs4fqI2P2rA04_13const_genericINtB0_8UnsignedKhb_E', '<const_generic::Unsigned<11>>'],
  ['_RMCs4fqI2P2rA04_13const_genericINtB0_6SignedKs98_E', '<const_generic::Signed<152>>'],
  ['_RMCs4fqI2P2rA04_13const_genericINtB0_6SignedKanb_E', '<const_generic::Signed<-11>>'],
  ['_RMCs4fqI2P2rA04_13const_genericINtB0_4CharKc2202_E', "<const_generic::Char<'∂'>>"],
  ['_RNvNvMCs4fqI2P2rA04_13const_genericINtB4_3FooKpE3foo3FOO', '<const_generic::Foo<_>>::foo::FOO'],
  [
    '_RNvMNtCs5CcWRJzwAYz_4core6optionINtB2_6OptionFwTlEEuE6unwrapCsiksvdpJ6Jnj_14splat_mangling',
    '<core::option::Option<fn(#[splat] (i32,))>>::unwrap',
  ],
  ['_RNvC1a4main', 'a::main'],
  ['_RNvCshGpAVYOtgW1_5hello4rust', 'hello::rust'],
  ['_RNvNvC1a1b1c', 'a::b::c'],
  ['_RNCC5crate0', 'crate::{closure#0}'],
  ['_RNCC5crates_0', 'crate::{closure#1}'],
  ['_RNCC5crate3foo', 'crate::{closure:foo#0}'],
  ['_RNCC5crates_3foo', 'crate::{closure:foo#1}'],
  ['_RNSC5crate5reify', 'crate::{shim:reify#0}'],
  ['_RNZC5crates8_5ident', 'crate::{Z:ident#10}'],
  ['_RMC5cratep', '<_>'],
  ['_RXs_C5cratepC5Clone', '<_ as Clone>'],
  ['_RYpC3Ord', '<_ as Ord>'],
  ['_RIC7genericpppE', 'generic::<_, _, _>'],
  ['_RIC5namedC4nameE', 'named::<name>'],
  ['_RIC5namedXC5cratepC4NameE', 'named::<<_ as Name>>'],
  ['_RIC5namedIC4NameEE', 'named::<Name<>>'],
  ['_RIC7integerKin10_E', 'integer::<-16>'],
  ['_RIC7integerKoffffffffffffffff_E', 'integer::<18446744073709551615>'],
  ['_RIC7integerKo10000000000000000_E', 'integer::<0x10000000000000000>'],
  ['_RIC7integerKnn123456789abcdef01_E', 'integer::<-0x123456789abcdef01>'],
])('v0: %s reads %s', (mangled, readable) => {
  expect(readFunctionName(mangled).text).toBe(readable)
})

test.each([
  ['DNtC5krate5Traitp1NKj0_EL_', 'dyn krate::Trait<N = 0>'],
  ['WmRm1_m9_', 'u32 is 1..=9'],
  ['WmORm1_m2_Rm5_m6_E', 'u32 is 1..=2 | 5..=6'],
  ['INtC8arrayvec8ArrayVechKj7b_E', 'arrayvec::ArrayVec<u8, 123>'],
  // What the vectors leave out: function pointers, lifetimes, raw pointers.
  ['FUKCRheEPa', 'unsafe extern "C" fn(&u8, str) -> *const i8'],
  [
    'FG_TRL0_hFG0_RL2_hRL1_hRL0_hRL_hEuEEOSs',
    "for<'a> fn((&'a u8, for<'b, 'c> fn(&'a u8, &'b u8, &'c u8, &u8))) -> *mut [i16]",
  ],
  ['DG_INtC4core2FnTRL0_hEEp6OutputuNtC4core4SendEL_', "dyn for<'a> core::Fn<(&'a u8,), Output = ()> + core::Send"],
  ['QL_Ahj4_', '&mut [u8; 4]'],
])('v0: the type %s reads %s', (mangled, readable) => {
  expect(readFunctionName(`_RMC0${mangled}`).text).toBe(`<${readable}>`)
})

test.each([
  ['p', '_'],
  ['hb_', '11'],
  ['off00ff00ff00ff00ff_', '0xff00ff00ff00ff00ff'],
  ['s98_', '152'],
  ['anb_', '-11'],
  ['b0_', 'false'],
  ['b1_', 'true'],
  ['c76_', "'v'"],
  ['c22_', `'"'`],
  ['c27_', String.raw`'\''`],
  ['c5c_', String.raw`'\\'`],
  ['ca_', String.raw`'\n'`],
  ['c9_', String.raw`'\t'`],
  ['c2202_', "'∂'"],
  ['e616263_', '{*"abc"}'],
  ['e27_', `{*"'"}`],
  ['e090a_', String.raw`{*"\t\n"}`],
  ['Re616263_', '"abc"'],
  ['ee28882c3bc_', '{*"∂ü"}'],
  ['Rp', '{&_}'],
  ['Rh7b_', '{&123}'],
  ['Rb0_', '{&false}'],
  ['Rc58_', "{&'X'}"],
  ['RRRh0_', '{&&&0}'],
  ['RRRe_', '{&&""}'],
  ['QAE', '{&mut []}'],
  ['AE', '{[]}'],
  ['Aj0_E', '{[0]}'],
  ['Ah1_h2_h3_E', '{[1, 2, 3]}'],
  ['ARe61_Re62_Re63_E', '{["a", "b", "c"]}'],
  ['AAh1_h2_EAh3_h4_EE', '{[[1, 2], [3, 4]]}'],
  ['TE', '{()}'],
  ['Tj0_E', '{(0,)}'],
  ['Th1_b0_E', '{(1, false)}'],
  ['TRe616263_c78_RAh1_h2_h3_EE', `{("abc", 'x', &[1, 2, 3])}`],
  ['VNvINtNtC4core6option6OptionjE4NoneU', '{core::option::Option::<usize>::None}'],
  ['VNvINtNtC4core6option6OptionjE4SomeTj0_E', '{core::option::Option::<usize>::Some(0)}'],
  ['VNtC3foo3BarS1sRe616263_2chc78_5sliceRAh1_h2_h3_EE', `{foo::Bar { s: "abc", ch: 'x', slice: &[1, 2, 3] }}`],
])('v0: the constant %s reads %s', (mangled, readable) => {
  expect(readFunctionName(`_RIC0K${mangled}E`).text).toBe(`::<${readable}>`)
})

test.each([
  ['_RINvCs15kBYyAo9fc_5guest5twicehEB2_', '_RINvCs15kBYyAo9fc_5guest5twicetEB2_'],
  ['_RNCINvCs15kBYyAo9fc_5guest5twicehE0B4_', '_RNCINvCs15kBYyAo9fc_5guest5twicetE0B4_'],
  ['_RNvMCs15kBYyAo9fc_5guestINtB2_4PairhE3sum', '_RNvMCs15kBYyAo9fc_5guestINtB2_4PairtE3sum'],
])('%s and %s are two instances of one item', (left, right) => {
  expect(readFunctionName(left).item).toBe(readFunctionName(right).item)
  expect(readFunctionName(left).text).not.toBe(readFunctionName(right).text)
})

test.each([
  // Two `impl` blocks, and two closures
  ['_RNvMCs15kBYyAo9fc_5guestINtB2_4PairhE3sum', '_RNvMs_Cs15kBYyAo9fc_5guestINtB4_4PairtE3sum'],
  ['_RNCNvC5guest4main0B3_', '_RNCNvC5guest4mains_0B3_'],
])('%s and %s are two items', (left, right) => {
  expect(readFunctionName(left).item).not.toBe(readFunctionName(right).item)
})

test.each([
  'call',
  'assembly/index/call',
  '_ZN',
  '_ZNE',
  '_ZN9999xE',
  '_ZN5guestx',
  '_ZN5gueE',
  '_ZN5guest3barEv',
  '~lib/rt/tlsf/free',
  'free.llvm.1',
  // Vectors of LLVM's demangler, of what the grammar does not allow
  '_R',
  '_RNv',
  '_RNvC',
  '_RNvC1a5main',
  '_RNvC1a20abc',
  '_R0NvC1a4main',
  '_RN_C5crate4main',
  '_RNvC2a.1c',
  '_RNvC2a$1c',
  '_RNvC2ab18446744073709551618xy',
  '_RIC7integerKi_E',
  '_RIC7integerKi00_E',
  '_RIC7integerKi01_E',
  '_RIC4boolKb2_E',
  '_RIC4boolKbn0_E',
  '_RIC4charKc1234567_E',
  '_RMC0WmORm1_m2_Rm5_m6_',
  // References to themselves, forwards, and to each other
  '_RB_',
  '_RNvB0_1a',
  '_RNvC1aB9_',
  '_RIC0B2_E',
  // Lifetimes that nothing binds, or too much
  '_RMC0RL0_h',
  '_RMC0FGzzzzzzzzz_Eu',
  // Texts that are no UTF-8, and no Punycode
  '_RIC0KReff_E',
  '_RNvC1au3a_Z',
  '_RNvC1au4zzzz',
])('%s stays as it is', (name) => {
  expect(readFunctionName(name)).toEqual({ text: name, item: name, crate: null })
})

test('back references unfold, up to a bound', () => {
  const pairs = (depth: number) =>
    `_RMC0${'T'.repeat(depth)}p${Array.from({ length: depth }, (_, index) => `B${(depth + 2 - index).toString(36)}_E`).join('')}`
  expect(readFunctionName(pairs(3)).text).toBe('<(((_, _), (_, _)), ((_, _), (_, _)))>')
  expect(readFunctionName(pairs(30)).text).toBe(pairs(30))
})

test.each([
  ['nested types', `_RMC0${'R'.repeat(100_000)}h`],
  ['nested types that a reference leads to', `_RIC9000${'R'.repeat(9000)}B4_E`],
  ['nested modules', `_R${'Nv'.repeat(8000)}C1a${'1a'.repeat(8000)}`],
  ['hidden code that is read many times', `_RIC0MC8000${'a'.repeat(8000)}p${'B3_'.repeat(2700)}E`],
  ['digits', `_RNvCs${'z'.repeat(16_000)}_1a1b`],
])('%s: what is too much stays as it is', (_, name) => {
  expect(readFunctionName(name).text).toBe(name)
})

test('whatever a name holds, it reads as something', () => {
  const token = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...'CNIMXYBRQPOATSFDKLEGUWVpuesvw_0123') },
    fc.constantFrom('Nv', 'Nt', 'C1a', '1b', '3foo', 's_', 'B_', 'B0_', 'B3_', 'Kj1_', 'RL_', 'G_', 'u3foo', 'Re61_'),
    fc.string({ maxLength: 4, unit: 'binary' }),
  )
  const tail = fc.array(token, { maxLength: 40 }).map((tokens) => tokens.join(''))
  fc.assert(
    fc.property(fc.constantFrom('_R', '_RNv', '_RINvC1a1b', '_RMC0', '_RIC0K', '_ZN', '_ZN1a'), tail, (start, rest) => {
      expect(readFunctionName(start + rest).text.length).toBeLessThan(20_000)
    }),
    { numRuns: 2000 },
  )
})
