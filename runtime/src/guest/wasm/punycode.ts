/** Punycode (RFC 3492), in which Rust's v0 symbol names write identifiers that are not ASCII. */

const base = 36
const tMin = 1
const tMax = 26
const skew = 38
const damp = 700

/**
 * @param written - the ASCII characters, `-`, then where which other characters go; without `-` there are none of the
 *   former
 * @returns `null` when it cannot be decoded
 */
export function decodePunycode(written: string): string | null {
  const delimiter = written.lastIndexOf('-')
  const characters = Array.from(written.slice(0, Math.max(delimiter, 0)))
  const digits = written.slice(delimiter + 1)
  if (digits === '') return null
  let code = 128
  let bias = 72
  let position = 0
  for (let at = 0; at < digits.length; position++) {
    const start = position
    let weight = 1
    for (let k = base; ; k += base) {
      const digit = digitOf(digits[at++])
      if (digit === null) return null
      position += digit * weight
      if (position > 0x7fff_ffff) return null
      const threshold = Math.min(Math.max(k - bias, tMin), tMax)
      if (digit < threshold) break
      weight *= base - threshold
    }
    const count = characters.length + 1
    bias = adapt(position - start, count, start === 0)
    code += Math.floor(position / count)
    position %= count
    if (code > 0x10_ffff || (code >= 0xd800 && code <= 0xdfff)) return null
    characters.splice(position, 0, String.fromCodePoint(code))
  }
  return characters.join('')
}

function digitOf(character: string | undefined): number | null {
  if (character === undefined) return null
  if (/[a-z]/.test(character)) return character.charCodeAt(0) - 0x61
  if (/\d/.test(character)) return Number(character) + 26
  return null
}

function adapt(delta: number, count: number, isFirst: boolean): number {
  let left = Math.floor(delta / (isFirst ? damp : 2))
  left += Math.floor(left / count)
  let k = 0
  for (; left > ((base - tMin) * tMax) / 2; k += base) left = Math.floor(left / (base - tMin))
  return k + Math.floor(((base - tMin + 1) * left) / (left + skew))
}
