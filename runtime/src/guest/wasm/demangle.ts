/**
 * Undoes Rust's legacy name mangling, which older compilers leave in the name section: `_ZN5guest8workflow17h…E` is
 * `guest::workflow`. The scheme is that of rustc's `legacy.rs`: length-prefixed parts, punctuation written as `$…$`.
 */

/** The readable form of a function name; names that are not mangled this way come back as they are. */
export function demangle(written: string): string {
  // LLVM tells copies of a function apart by a suffix.
  const name = written.replace(/\.llvm\.\d+$/, '')
  if (!name.startsWith('_ZN') || !name.endsWith('E')) return written
  const parts: string[] = []
  for (let offset = 3; offset < name.length - 1;) {
    const digits = /^\d{1,6}/.exec(name.slice(offset, offset + 6))
    if (digits === null) return written
    const start = offset + digits[0].length
    offset = start + Number(digits[0])
    if (offset > name.length - 1) return written
    parts.push(name.slice(start, offset))
  }
  // The last part tells equal functions of different builds apart; to a reader it is noise.
  if (/^h[0-9a-f]{16}$/.test(parts.at(-1) ?? '')) parts.pop()
  return parts.length === 0 ? written : parts.map(readPart).join('::')
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
