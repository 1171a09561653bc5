/**
 * Cuts a stream of bytes into lines, whatever the sizes of its chunks.
 *
 * A line ends with LF or CRLF; the last one may lack its end. A UTF-8 byte order mark at the start is skipped. Lines
 * inside a chunk are lent without being copied; only a line that spans chunks is assembled.
 */
import { grownColumn } from '../../engine/model/columns.ts'

/** Longest line in bytes, without its LF. Without the bound, one line could pull a whole body into memory. */
export const lineBytesMax: number = 1024 * 1024

/** Receives lines, and word of overlong ones, in order. */
export interface LineSink {
  /** One line is `bytes[start]` up to, but not including, `bytes[end]`. Lent until the call returns. */
  onLine(bytes: Uint8Array, start: number, end: number, line: number): void
  /** The line is lost; reading continues with the next. Called once for each overlong line. */
  onOverlong(line: number): void
}

/** Reads one body. */
export class LineSplitter {
  readonly #sink: LineSink
  /** The beginning of a line whose end has not arrived yet; only the first `#carriedLength` bytes count. */
  #carried = new Uint8Array(4096)
  #carriedLength = 0
  #isSkipping = false
  #line = 1

  constructor(sink: LineSink) {
    this.#sink = sink
  }

  /** Takes the next bytes; what is needed later is copied. */
  push(chunk: Uint8Array): void {
    let start = 0
    for (;;) {
      const end = chunk.indexOf(lineFeed, start)
      if (end < 0) break
      if (this.#isSkipping) {
        this.#isSkipping = false
      } else if (this.#carriedLength === 0) {
        this.#give(chunk, start, end)
      } else {
        this.#carry(chunk, start, end)
        if (!this.#isSkipping) this.#give(this.#carried, 0, this.#carriedLength)
        this.#isSkipping = false
        this.#carriedLength = 0
      }
      this.#line++
      start = end + 1
    }
    if (!this.#isSkipping) this.#carry(chunk, start, chunk.length)
  }

  /** Takes the end of the body. */
  finish(): void {
    if (this.#carriedLength > 0) this.#give(this.#carried, 0, this.#carriedLength)
    this.#carriedLength = 0
  }

  #give(bytes: Uint8Array, start: number, end: number): void {
    if (end - start > lineBytesMax) {
      this.#sink.onOverlong(this.#line)
      return
    }
    const isMarked = this.#line === 1 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf
    const lineStart = isMarked && end - start >= 3 ? start + 3 : start
    const lineEnd = end > lineStart && bytes[end - 1] === carriageReturn ? end - 1 : end
    this.#sink.onLine(bytes, lineStart, lineEnd, this.#line)
  }

  #carry(chunk: Uint8Array, start: number, end: number): void {
    const length = this.#carriedLength + end - start
    if (length > lineBytesMax) {
      this.#sink.onOverlong(this.#line)
      this.#isSkipping = true
      this.#carriedLength = 0
      return
    }
    if (length > this.#carried.length) this.#carried = grownColumn(this.#carried, length, lineBytesMax)
    this.#carried.set(chunk.subarray(start, end), this.#carriedLength)
    this.#carriedLength = length
  }
}

const lineFeed = 0x0a
const carriageReturn = 0x0d
