import { expect, test } from 'vitest'
import { demangle } from './demangle.ts'

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
])('%s reads %s', (mangled, readable) => {
  expect(demangle(mangled)).toBe(readable)
})

test.each([
  'call',
  'assembly/index/call',
  '_ZN',
  '_ZNE',
  '_ZN9999xE',
  '_ZN5guestx',
  '_ZN5gueE',
  '~lib/rt/tlsf/free',
  'free.llvm.1',
])('%s stays as it is', (name) => {
  expect(demangle(name)).toBe(name)
})
