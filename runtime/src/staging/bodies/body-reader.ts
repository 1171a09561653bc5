/**
 * The contract of readers of the body of `POST /events`: bytes in, samples into a batch, and a report.
 * The readers of NDJSON, InfluxDB line protocol and fixture CSV keep it.
 */

import type { SlungErrorCode } from '../../engine/model/slung-error-code.ts'

export interface BodyReader {
  /** Takes the next bytes of the body, cut anywhere. The reader copies what it needs later. */
  push(chunk: Uint8Array): void

  /** Takes the end of the body: the last line may lack its line end. */
  finish(): void
}

/** One line, record or point that was not stored. */
export interface LineError {
  /** 1-based line of the (decompressed) body. */
  readonly line: number
  readonly reason: string
}

/** What became of a body. Counts points: one line of line protocol with two fields counts as two. */
export class IngestReport {
  /** Most errors that are listed; the rest are only counted. */
  static readonly errorsMax = 100

  accepted = 0
  rejected = 0
  readonly errors: LineError[] = []
  /** How many were rejected, by the code of the reason. */
  readonly reasons: Map<SlungErrorCode, number> = new Map()

  /** A point that was counted as accepted could not be stored after all. It is listed in order of lines. */
  revoke(line: number, reason: string, code: SlungErrorCode): void {
    this.accepted--
    this.#count(code)
    this.errors.splice(this.errors.findLastIndex((error) => error.line <= line) + 1, 0, { line, reason })
    if (this.errors.length > IngestReport.errorsMax) this.errors.pop()
  }

  reject(line: number, reason: string, code: SlungErrorCode): void {
    this.#count(code)
    if (this.errors.length < IngestReport.errorsMax) this.errors.push({ line, reason })
  }

  #count(code: SlungErrorCode): void {
    this.rejected++
    this.reasons.set(code, (this.reasons.get(code) ?? 0) + 1)
  }
}
