/** Says what bytes that are not WebAssembly look like, so that a wrong path or a failed download explains itself. */

const beginnings: readonly { readonly bytes: readonly number[]; readonly what: string }[] = [
  { bytes: [0x1f, 0x8b], what: 'a gzip archive; unpack it first' },
  { bytes: [0x50, 0x4b, 0x03, 0x04], what: 'a zip archive; unpack it first' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], what: 'a zstd archive; unpack it first' },
  { bytes: [0x7f, 0x45, 0x4c, 0x46], what: 'a native Linux program; build for a WebAssembly target' },
  { bytes: [0x42, 0x43, 0xc0, 0xde], what: 'LLVM bitcode; link it to a module first' },
  { bytes: [0x21, 0x3c, 0x61, 0x72, 0x63, 0x68, 0x3e], what: 'a static library; link it to a module first' },
]

const texts: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  {
    pattern: /^(?:;;|\(;|\((?:module|component)\b)/,
    what: 'the WebAssembly text format; assemble it first (wat2wasm)',
  },
  { pattern: /^<(?:!doctype|html|head|\?xml)/i, what: 'an HTML page, perhaps from a failed download' },
  { pattern: /^version https:\/\/git-lfs/, what: 'a Git LFS pointer; run "git lfs pull"' },
  { pattern: /^[{[]/, what: 'JSON' },
  {
    pattern: /^(?:import|export|use|fn|function|const|let|\/\/|\/\*|#!)/,
    what: 'source code; name the built file instead',
  },
]

/** A clause such as "looks like an HTML page". `bytes` do not begin like WebAssembly. */
export function describeBytes(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'is empty'
  const known = beginnings.find((beginning) => beginning.bytes.every((byte, index) => bytes[index] === byte))
  if (known !== undefined) return `looks like ${known.what}`
  const text = new TextDecoder().decode(bytes.subarray(0, 200)).trimStart()
  const knownText = texts.find(({ pattern }) => pattern.test(text))
  if (knownText !== undefined) return `looks like ${knownText.what}`
  const start = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
  return `begins with the bytes ${start}, not with 00 61 73 6d`
}
