/**
 * UTF-8 to text, for bytes that others made: a sequence that is not UTF-8 becomes U+FFFD and the rest stays as it is, as in
 * the Encoding Standard of WHATWG (https://encoding.spec.whatwg.org/#utf-8-decoder). `String.UTF8.decodeUnsafe` of
 * AssemblyScript is for bytes that are UTF-8: in others, it swallows what follows a stray byte.
 */

const REPLACEMENT: u32 = 0xfffd

/** The text in the `length` bytes at `from`. */
export function decodeText(from: usize, length: usize): string {
  const end = from + length
  // No sequence has more UTF-16 units than bytes.
  const text = changetype<string>(__new(length << 1, idof<string>()))
  let out = changetype<usize>(text)
  while (from < end) {
    let point = <u32>load<u8>(from++)
    if (point >= 0x80) {
      // The bytes that follow the first one, if it may begin a sequence.
      let rest = point < 0xc2 || point > 0xf4 ? -1 : 1 + i32(point >= 0xe0) + i32(point >= 0xf0)
      // The second byte excludes overlong forms, surrogates, and what is beyond U+10FFFF.
      let lowest: u32 = point == 0xe0 ? 0xa0 : point == 0xf0 ? 0x90 : 0x80
      let highest: u32 = point == 0xed ? 0x9f : point == 0xf4 ? 0x8f : 0xbf
      point &= 0x3f >> rest
      for (; rest > 0 && from < end; rest--, from++) {
        const byte = <u32>load<u8>(from)
        if (byte < lowest || byte > highest) break
        lowest = 0x80
        highest = 0xbf
        point = (point << 6) | (byte & 0x3f)
      }
      if (rest != 0) point = REPLACEMENT
      if (point > 0xffff) {
        store<u16>(out, 0xd7c0 + (point >> 10))
        out += 2
        point = 0xdc00 | (point & 0x3ff)
      }
    }
    store<u16>(out, point)
    out += 2
  }
  return changetype<string>(__renew(changetype<usize>(text), out - changetype<usize>(text)))
}
