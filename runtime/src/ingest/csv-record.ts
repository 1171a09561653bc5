/** What comes out of the tokenizer: records whose cells are still bytes, and the faults between them. */

/** One record. Lent: valid, and not to be changed, until the callback returns. */
export interface CsvRecord {
  /** Holds the cells: cell `index` is `bytes[starts[index]]` up to, not including, `bytes[ends[index]]`. */
  readonly bytes: Uint8Array
  readonly starts: Int32Array
  readonly ends: Int32Array
  /** How many entries of `starts` and `ends` count; at least 1. */
  readonly cellCount: number
  /** The physical line the record starts on, from 1. */
  readonly line: number
}

/** Receives records and errors, in the order of the file. */
export interface CsvSink {
  onRecord(record: CsvRecord): void
  /** One record is lost; reading goes on with the line after the fault. */
  onError(line: number, reason: string): void
}
