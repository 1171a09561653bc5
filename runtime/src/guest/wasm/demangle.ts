/**
 * Undoes Rust's name mangling, which compilers leave in the name section. There are two schemes: v0 has a grammar, which
 * has a file of its own; the legacy one, rustc's `legacy.rs`, is length-prefixed parts with punctuation written as
 * `$…$`: `_ZN5guest8workflow17h…E` is `guest::workflow`. The standard library and a guest on top of it may differ.
 */
import { demangleV0, type FunctionName } from './demangle-v0.ts'

/** @param written - as in the name section; one that is not mangled comes back as it is, without a crate */
export function readFunctionName(written: string): FunctionName {
  // LLVM tells copies of a function apart by a suffix.
  const name = written.replace(/\.llvm\.[\dA-F@]+$/, '')
  return demangleV0(name) ?? demangleLegacy(name) ?? { text: written, item: written, crate: null }
}

function demangleLegacy(name: string): FunctionName | null {
  if (!name.startsWith('_ZN')) return null
  const parts: string[] = []
  let offset = 3
  while (name[offset] !== 'E') {
    const digits = /^\d{1,6}/.exec(name.slice(offset, offset + 6))
    if (digits === null) return null
    const start = offset + digits[0].length
    offset = start + Number(digits[0])
    if (offset >= name.length) return null
    parts.push(name.slice(start, offset))
  }
  const suffix = name.slice(offset + 1)
  if (suffix !== '' && !suffix.startsWith('.')) return null
  // The last part tells equal functions of different builds apart; to a reader it is noise.
  if (/^h[0-9a-f]{16}$/.test(parts.at(-1) ?? '')) parts.pop()
  if (parts.length === 0) return null
  const path = parts.map(readPart)
  const item = path.join('::')
  return { text: item + suffix, item, crate: /^\w+/.exec(path[0]!)?.[0] ?? null }
}

const escapes: Readonly<Record<string, string>> = {
  SP: '@',
  BP: '*',
  RF: '&',
  LT: '<',
  GT: '>',
  LP: '(',
  RP: ')',
  C: ',',
}

function readPart(part: string): string {
  return part
    .replace(/^_(?=\$)/, '')
    .replaceAll('..', '::')
    .replaceAll(/\$([A-Z]+|u[0-9a-f]{1,5})\$/g, (whole, escape: string) => {
      if (escape.startsWith('u')) return String.fromCodePoint(Number.parseInt(escape.slice(1), 16))
      return escapes[escape] ?? whole
    })
}
