/** Bytes and numbers of fuzzed cases as JSON, and arbitraries that several laws share. */
import fc from 'fast-check'

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

/** A copy of its own memory, so that a reader that looks beyond the end finds nothing. */
export function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(hex, 'hex'))
}

/** Any double, with those at the edges of its range, of integers and of equality. Also NaN and infinities. */
export const anyDouble: fc.Arbitrary<number> = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -5, max: 50 }) },
  { weight: 2, arbitrary: fc.double() },
  fc.constantFrom(
    -0,
    Number.NaN,
    Infinity,
    -Infinity,
    Number.MIN_VALUE,
    Number.MAX_VALUE,
    2 ** 53,
    -(2 ** 53) - 2,
    0.1,
  ),
)

/** Any i64, with those at the edges of doubles and of the type. */
export const anyInt64: fc.Arbitrary<bigint> = fc.oneof(
  { weight: 3, arbitrary: fc.bigInt(-20n, 20n) },
  { weight: 2, arbitrary: fc.bigInt(-(2n ** 53n) + 1n, 2n ** 53n - 1n) },
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  fc.constantFrom(2n ** 53n - 1n, 2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n), 2n ** 32n, -(2n ** 32n) - 1n),
)

/** The pieces of `bytes` between ascending cuts, each in memory of its own. Cuts beyond the end count as the end. */
export function cutAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array<ArrayBuffer>[] {
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((one, other) => one - other)
  return ends.map((end, index) => Uint8Array.from(bytes.subarray(index === 0 ? 0 : ends[index - 1], end)))
}

/** Lines of a text; the last one may have no end. */
export function countLines(hex: string): number {
  let count = 0
  for (const byte of Buffer.from(hex, 'hex')) if (byte === 0x0a) count++
  return count + (hex === '' || hex.endsWith('0a') ? 0 : 1)
}
