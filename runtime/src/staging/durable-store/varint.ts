/**
 * Integers in as few bytes as they need: seven bits per byte, low ones first, the top bit set in all bytes but the last
 * (LEB128), signed ones folded so that small magnitudes stay small (zigzag: 0, −1, 1, −2 … become 0, 1, 2, 3 …).
 *
 * They are doubles, so every step must stay within the integers that doubles hold exactly: magnitudes up to 2^52 are
 * safe.
 */

/** The largest magnitude of a number that zigzag and varint keep exactly. */
export const zigzagMax: number = 2 ** 52

/** The most bytes one number takes: 2^53 has 54 bits. */
const varintBytesMax = 8

export class VarintWriter {
  #bytes: Uint8Array<ArrayBuffer>
  #length = 0

  /** @param count - most numbers that will be written */
  constructor(count: number) {
    this.#bytes = new Uint8Array(count * varintBytesMax)
  }

  /** @param number - an integer in 0 … 2^53 */
  unsigned(number: number): void {
    const bytes = this.#bytes
    let at = this.#length
    let rest = number
    while (rest >= 0x8000_0000) {
      bytes[at++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    // From here on it is a 31-bit integer, whose operators are fast.
    let small = rest | 0
    while (small >= 128) {
      bytes[at++] = (small & 127) | 128
      small >>>= 7
    }
    bytes[at++] = small
    this.#length = at
  }

  /** @param number - an integer in ±`zigzagMax` */
  signed(number: number): void {
    this.unsigned(number < 0 ? -2 * number - 1 : 2 * number)
  }

  /** The bytes written so far: a view, not a copy. */
  bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length)
  }
}

export class VarintReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Whether exactly all bytes have been read. */
  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  /** The next number; garbage beyond the end, which `isAtEnd` then reveals. */
  unsigned(): number {
    const bytes = this.#bytes
    let byte = bytes[this.#at++]!
    if (byte < 128) return byte
    let number = byte & 127
    let scale = 128
    while (byte >= 128) {
      byte = bytes[this.#at++]!
      number += (byte & 127) * scale
      scale *= 128
    }
    return number
  }

  signed(): number {
    const folded = this.unsigned()
    return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2
  }
}
