/**
 * Cuts a stream of bytes into CSV records (RFC 4180), whatever the sizes of the chunks it comes in.
 *
 * It stays at bytes: the cells of a record are ranges of a buffer, so that a reader of numbers makes no strings.
 * Taken beyond the RFC: LF alone ends a line, the last line may lack its end, a UTF-8 byte order mark at the start and
 * blank lines are skipped, and spaces and tabs around a cell without quotes do not count.
 */
import { isBlank } from '../model/is-blank.ts'
import type { CsvRecord, CsvSink } from './csv-record.ts'

/** Longest record in bytes, its line end included. Else an open quote could pull a whole file into memory. */
export const recordBytesMax: number = 1024 * 1024

/** Reads one file. A sink that throws ends its use. */
export class CsvTokenizer {
  readonly #sink: CsvSink
  readonly #record: { -readonly [Key in keyof CsvRecord]: CsvRecord[Key] } = {
    bytes: new Uint8Array(2 * pieceBytes),
    starts: new Int32Array(16),
    ends: new Int32Array(16),
    cellCount: 0,
    line: 1,
  }
  /** How much of the buffer is filled, and from where on it is still needed. */
  #length = 0
  #recordStart = 0
  /** Where to go on, and in the midst of what. */
  #at = 0
  #state: State = fileStart
  #cellStart = 0
  #cellHasEscapes = false
  #line = 1
  #quoteLine = 1

  constructor(sink: CsvSink) {
    this.#sink = sink
  }

  /** Takes the next bytes; they are copied. */
  push(chunk: Uint8Array): void {
    for (let start = 0; start < chunk.length; start += pieceBytes) {
      this.#append(chunk.subarray(start, start + pieceBytes))
      if (this.#state !== fileStart || this.#length >= 3) this.#scan()
    }
  }

  /** Takes the end of the file. */
  finish(): void {
    this.#scan()
    if (this.#state === quoted) {
      this.#sink.onError(this.#quoteLine, `a quote opens cell ${this.#record.cellCount + 1} and is never closed`)
    } else if (this.#recordStart < this.#length) {
      this.#append(lineEnd)
      this.#scan()
    }
  }

  #append(piece: Uint8Array): void {
    const record = this.#record
    // Moving only for want of room keeps a long record that comes byte by byte from being moved at every byte.
    if (this.#length + piece.length > record.bytes.length) {
      const shift = this.#recordStart
      record.bytes.copyWithin(0, shift, this.#length)
      for (let cell = 0; cell < record.cellCount; cell++) {
        record.starts[cell]! -= shift
        record.ends[cell]! -= shift
      }
      this.#length -= shift
      this.#at -= shift
      this.#cellStart -= shift
      this.#recordStart = 0
    }
    if (this.#length + piece.length > record.bytes.length) {
      const larger = new Uint8Array(record.bytes.length * 2)
      larger.set(record.bytes)
      record.bytes = larger
    }
    record.bytes.set(piece, this.#length)
    this.#length += piece.length
  }

  #scan(): void {
    const { bytes } = this.#record
    const length = this.#length
    let state = this.#state
    let at = this.#at
    if (state === fileStart) {
      if (length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.#recordStart = at = 3
      state = cellStart
    }
    let limit = Math.min(length, this.#recordStart + recordBytesMax)
    // Each state takes what it can and goes on with `continue`; `break` is for the end of a line outside quotes.
    for (;;) {
      if (at === limit) {
        if (limit === length) break
        if (state !== skipping) {
          this.#failOverlong(state)
          state = skipping
        }
        limit = length
      }
      switch (state) {
        case cellStart:
          if (bytes[at] === quote) {
            at++
            this.#quoteLine = this.#line
            state = quoted
          } else {
            state = plain
          }
          this.#cellStart = at
          continue
        case plain: {
          // All bytes that mean something here sort before those that cells are mostly made of.
          while (at < limit && bytes[at]! > comma) at++
          if (at === limit) continue
          const byte = bytes[at++]
          if (byte === comma) {
            this.#endPlainCell(at - 1)
            state = cellStart
          } else if (byte === lineFeed) {
            this.#endPlainCell(bytes[at - 2] === carriageReturn ? at - 2 : at - 1)
            break
          } else if (byte === quote) {
            this.#failAtQuote()
            state = skipping
          }
          continue
        }
        case quoted:
          for (; at < limit; at++) {
            const byte = bytes[at]!
            if (byte > quote) continue
            if (byte === quote) break
            if (byte === lineFeed) this.#line++
          }
          if (at === limit) continue
          at++
          state = quoteSeen
          continue
        case quoteSeen: {
          const byte = bytes[at++]
          if (byte === quote) {
            this.#cellHasEscapes = true
            state = quoted
          } else if (byte === comma) {
            this.#endQuotedCell(at - 2)
            state = cellStart
          } else if (byte === lineFeed) {
            this.#endQuotedCell(at - 2)
            break
          } else if (byte === carriageReturn) {
            state = returnSeen
          } else {
            this.#failAfterQuote()
            state = skipping
          }
          continue
        }
        case returnSeen:
          if (bytes[at++] === lineFeed) {
            this.#endQuotedCell(at - 3)
            break
          }
          this.#failAfterQuote()
          state = skipping
          continue
        case skipping:
          while (at < limit && bytes[at] !== lineFeed) at++
          this.#recordStart = at
          if (at === limit) continue
          at++
          break
      }
      if (state !== skipping) this.#endRecord()
      this.#record.line = ++this.#line
      this.#record.cellCount = 0
      this.#recordStart = at
      limit = Math.min(length, at + recordBytesMax)
      state = cellStart
    }
    if (this.#recordStart === length) this.#recordStart = this.#length = at = 0
    this.#state = state
    this.#at = at
  }

  #endPlainCell(end: number): void {
    const { bytes } = this.#record
    let start = this.#cellStart
    while (start < end && isBlank(bytes[start]!)) start++
    while (end > start && isBlank(bytes[end - 1]!)) end--
    this.#addCell(start, end)
  }

  #endQuotedCell(end: number): void {
    const start = this.#cellStart
    this.#addCell(start, this.#cellHasEscapes ? unescape(this.#record.bytes, start, end) : end)
    this.#cellHasEscapes = false
  }

  #addCell(start: number, end: number): void {
    const record = this.#record
    if (record.cellCount === record.starts.length) {
      record.starts = doubled(record.starts)
      record.ends = doubled(record.ends)
    }
    record.starts[record.cellCount] = start
    record.ends[record.cellCount] = end
    record.cellCount++
  }

  #endRecord(): void {
    const { bytes, starts, ends, cellCount } = this.#record
    const isBlankLine = cellCount === 1 && starts[0] === ends[0] && bytes[this.#recordStart] !== quote
    if (!isBlankLine) this.#sink.onRecord(this.#record)
  }

  #failOverlong(state: State): void {
    if (state === quoted) {
      const cell = this.#record.cellCount + 1
      this.#fail(this.#quoteLine, `a quote opens cell ${cell} and is not closed within ${recordBytesMax} bytes`)
    } else {
      this.#fail(this.#record.line, `the record is longer than ${recordBytesMax} bytes`)
    }
  }

  #failAtQuote(): void {
    const cell = this.#record.cellCount + 1
    this.#fail(this.#line, `a quote stands in cell ${cell}, expected one at its start (and doubled inside) or none`)
  }

  #failAfterQuote(): void {
    const cell = this.#record.cellCount + 1
    this.#fail(this.#line, `text follows the closing quote of cell ${cell}, expected a comma or the end of the line`)
  }

  #fail(line: number, reason: string): void {
    this.#record.cellCount = 0
    this.#cellHasEscapes = false
    this.#sink.onError(line, reason)
  }
}

/** Makes one quote of two, in place; the text only gets shorter. Returns its new end. */
function unescape(bytes: Uint8Array, start: number, end: number): number {
  let to = start
  for (let from = start; from < end; from++) {
    bytes[to++] = bytes[from]!
    if (bytes[from] === quote) from++
  }
  return to
}

function doubled(array: Int32Array): Int32Array {
  const larger = new Int32Array(array.length * 2)
  larger.set(array)
  return larger
}

// In the midst of what a chunk may end. Plain numbers, because they are compared at every cell.
const fileStart = 0
const cellStart = 1
const plain = 2
const quoted = 3
const quoteSeen = 4
const returnSeen = 5
const skipping = 6
type State = 0 | 1 | 2 | 3 | 4 | 5 | 6

// Small enough to stay in the processor's cache between copying and reading.
const pieceBytes = 64 * 1024

const lineFeed = 0x0a
const carriageReturn = 0x0d
const quote = 0x22
const comma = 0x2c
const lineEnd = Uint8Array.of(lineFeed)
