/** Reads the primitive encodings of a WebAssembly binary, one after the other (core specification, section 5.2). */

import { printable } from '../../engine/text/printable.ts'

/** A position in bytes. Reading past the end throws; the text says at which offset. */
export class ByteCursor {
  readonly bytes: Uint8Array
  /** Offset of the next byte. */
  offset: number
  /** Offset after the last byte that may be read. */
  readonly end: number

  constructor(bytes: Uint8Array, offset: number = 0, end: number = bytes.length) {
    this.bytes = bytes
    this.offset = offset
    this.end = end
  }

  get done(): boolean {
    return this.offset >= this.end
  }

  /** @throws {RangeError} at the end */
  byte(): number {
    if (this.offset >= this.end) throw new RangeError(`the file is cut off at byte ${this.offset}`)
    return this.bytes[this.offset++]!
  }

  /**
   * An unsigned LEB128 number. Numbers of 64 bits lose precision beyond 2^53, which no count or size here reaches.
   *
   * @throws {RangeError} at the end, or after ten bytes
   */
  unsigned(): number {
    let result = 0
    for (let scale = 1, count = 0; count < 10; scale *= 128, count++) {
      const byte = this.byte()
      result += (byte & 0x7f) * scale
      if (byte < 0x80) return result
    }
    throw new RangeError(`there is no valid number at byte ${this.offset}`)
  }

  /**
   * The number of elements that follow.
   *
   * @throws {RangeError} when not even one byte is left for each
   */
  count(): number {
    const count = this.unsigned()
    if (count > this.end - this.offset)
      throw new RangeError(`the file is cut off: byte ${this.offset} announces more than follows`)
    return count
  }

  /**
   * A length-prefixed name that is safe to show, although a stranger made the module: one printable line, cut after 4,096
   * bytes. Invalid UTF-8 reads as U+FFFD.
   *
   * @throws {RangeError} at the end
   */
  name(): string {
    const bytes = this.#prefixed()
    if (bytes.length <= nameBytesMax) return printable(utf8.decode(bytes))
    return `${printable(utf8.decode(bytes.subarray(0, nameBytesMax)))}…`
  }

  /** A length-prefixed UTF-8 text of any length and content; invalid bytes read as U+FFFD. @throws {RangeError} at the end */
  text(): string {
    return utf8.decode(this.#prefixed())
  }

  #prefixed(): Uint8Array {
    const length = this.count()
    const start = this.offset
    this.offset += length
    return this.bytes.subarray(start, this.offset)
  }

  /** A cursor over the next `length` bytes, which this one skips. @throws {RangeError} at the end */
  slice(length: number): ByteCursor {
    if (length > this.end - this.offset)
      throw new RangeError(`the file is cut off: byte ${this.offset} announces more than follows`)
    const start = this.offset
    this.offset += length
    return new ByteCursor(this.bytes, start, this.offset)
  }
}

// Those of generic functions in Rust have a few thousand characters at most.
const nameBytesMax = 4096

const utf8 = new TextDecoder()
