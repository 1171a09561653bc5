/** Adds to the report of a body what is wrong with one of its lines. */
import { SlungError } from '../../engine/model/slung-error.ts'
import { printable } from '../../engine/text/printable.ts'
import { shorten } from '../../engine/text/quote.ts'
import type { IngestReport } from './body-reader.ts'

/**
 * Reports a refusal that was thrown.
 *
 * @throws {unknown} anything but a `SlungError`: that is our fault, not the line's
 */
export function reportRefusal(report: IngestReport, line: number, error: unknown): void {
  if (!(error instanceof SlungError)) throw error
  report.reject(line, shownReason(error.message), error.code)
}

/** Reports what is wrong with the text of a line. */
export function reportReason(report: IngestReport, line: number, reason: string): void {
  report.reject(line, shownReason(reason), 'bad-line')
}

/** Reports that a sample could not be stored although it was reported as accepted. */
export function reportRevocation(report: IngestReport, line: number, refusal: SlungError): void {
  report.revoke(line, shownReason(refusal.message), refusal.code)
}

/** On one line, and shortened, because it may quote a whole line of the body. */
function shownReason(reason: string): string {
  return printable(shorten(reason, reasonUnitsMax))
}

// The longest of our own texts has some 250 characters.
const reasonUnitsMax = 400
