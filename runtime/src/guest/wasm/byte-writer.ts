/** Writes the primitive encodings of a WebAssembly binary, one after the other: the counterpart of `ByteCursor`. */

/** A buffer that grows as it is written. */
export class ByteWriter {
  #bytes: Uint8Array
  #length = 0

  /** @param bytesExpected - initial room */
  constructor(bytesExpected: number) {
    this.#bytes = new Uint8Array(Math.max(bytesExpected, 16))
  }

  /** Bytes written so far, which is the offset of the next one. */
  get length(): number {
    return this.#length
  }

  write(bytes: ArrayLike<number>): void {
    const end = this.#length + bytes.length
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(end, this.#bytes.length * 2))
      grown.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = grown
    }
    this.#bytes.set(bytes, this.#length)
    this.#length = end
  }

  /** An unsigned LEB128 number. */
  unsigned(value: number): void {
    this.write(encodeUnsigned(value))
  }

  /** The bytes written so far; valid until the next write. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }
}

/** As LEB128. @param value - an integer in 0 … 2^53: limits of a 64-bit memory go beyond 2^32 */
export function encodeUnsigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80)
    rest = Math.floor(rest / 0x80)
  }
  bytes.push(rest)
  return bytes
}
