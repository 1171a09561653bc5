/**
 * The contract of what reads the body of `POST /events`: bytes in, samples into a batch, and a report.
 * NDJSON, InfluxDB line protocol and fixture CSV keep it.
 */

export interface BodyReader {
  /** Takes the next bytes of the body, cut anywhere. The reader copies what it needs later. */
  push(chunk: Uint8Array): void

  /** Takes the end of the body: a last line may lack its line end. */
  finish(): void
}

/** One line, record or point that was not stored. */
export interface LineError {
  /** 1-based line of the body (of the decompressed one). */
  readonly line: number
  readonly reason: string
}

/** What became of a body. Counts points: one line of line protocol with two fields is two. */
export class IngestReport {
  /** Most errors that are listed; the rest is only counted. */
  static readonly errorsMax = 100

  accepted = 0
  rejected = 0
  readonly errors: LineError[] = []

  /** One that was counted as accepted could not be stored after all. It is listed by its line, where the reader would have put it. */
  revoke(line: number, reason: string): void {
    this.accepted--
    this.rejected++
    this.errors.splice(this.errors.findLastIndex((error) => error.line <= line) + 1, 0, { line, reason })
    if (this.errors.length > IngestReport.errorsMax) this.errors.pop()
  }

  reject(line: number, reason: string): void {
    this.rejected++
    if (this.errors.length < IngestReport.errorsMax) this.errors.push({ line, reason })
  }
}
