/** Collects a byte stream into lines of text: what a guest writes in pieces reaches the log line by line. */
import { grownColumn } from '../../engine/model/columns.ts'

/** Maximum size of one line; a longer one is passed on in pieces. */
export const lineBytesMax = 65_536

const lineFeed = 10
const carriageReturn = 13

export class LineBuffer {
  readonly #emit: (line: string) => void
  #pending = new Uint8Array(256)
  #pendingBytes = 0

  /** @param emit - receives each line without its line end; invalid UTF-8 arrives as U+FFFD */
  constructor(emit: (line: string) => void) {
    this.#emit = emit
  }

  /** Takes bytes and emits the lines they complete. The bytes are copied. */
  write(bytes: Uint8Array): void {
    let start = 0
    while (start < bytes.length) {
      const feed = bytes.indexOf(lineFeed, start)
      const end = feed === -1 ? bytes.length : feed
      start = this.#append(bytes, start, end)
      if (start === end && feed !== -1) {
        this.#emitPending(this.#pendingBytes)
        start = feed + 1
      }
    }
  }

  /** Emits what follows the last line end, if anything does. */
  flush(): void {
    if (this.#pendingBytes > 0) this.#emitPending(this.#pendingBytes)
  }

  /** Copies as much as one line can hold and returns where it stopped. */
  #append(bytes: Uint8Array, start: number, end: number): number {
    const count = Math.min(end - start, lineBytesMax - this.#pendingBytes)
    const needed = this.#pendingBytes + count
    if (needed > this.#pending.length) this.#pending = grownColumn(this.#pending, needed, lineBytesMax)
    this.#pending.set(bytes.subarray(start, start + count), this.#pendingBytes)
    this.#pendingBytes = needed
    if (needed === lineBytesMax && start + count < end) this.#emitPending(wholeCharacters(this.#pending, needed))
    return start + count
  }

  #emitPending(byteCount: number): void {
    const rest = this.#pendingBytes - byteCount
    const textBytes =
      rest === 0 && byteCount > 0 && this.#pending[byteCount - 1] === carriageReturn ? byteCount - 1 : byteCount
    const line = lenientUtf8.decode(this.#pending.subarray(0, textBytes))
    this.#pending.copyWithin(0, byteCount, this.#pendingBytes)
    this.#pendingBytes = rest
    this.#emit(line)
  }
}

const lenientUtf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** The longest prefix that does not end inside a UTF-8 sequence; all of it where there is no UTF-8 to respect. */
function wholeCharacters(bytes: Uint8Array, byteCount: number): number {
  for (let back = 1; back <= 4 && back <= byteCount; back++) {
    const byte = bytes[byteCount - back]!
    if (byte < 0x80) return byteCount
    if (byte >= 0xc0) {
      const sequenceBytes = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      return sequenceBytes > back ? byteCount - back : byteCount
    }
  }
  return byteCount
}
