/** Turns cells into text, for the few places where bytes do not do. */
import { SlungError } from '../model/slung-error.ts'
import { shown } from '../query/printable.ts'
import type { CsvRecord } from './csv-record.ts'

/**
 * The text of a cell, exactly as it stands between commas or quotes.
 *
 * @throws {SlungError} `bad-text` when it is not UTF-8
 */
export function cellText(record: CsvRecord, column: number): string {
  const cell = record.bytes.subarray(record.starts[column], record.ends[column])
  try {
    return strictDecoder.decode(cell)
  } catch (cause) {
    const text = `cell ${column + 1} ${shown(lenientDecoder.decode(cell))} is not valid UTF-8, the only encoding of a fixture`
    throw new SlungError('bad-text', text, { cause })
  }
}

/** The cell in quotes for an error message, cut short when it is long. */
export function shownCell(record: CsvRecord, column: number): string {
  return shown(lenientDecoder.decode(record.bytes.subarray(record.starts[column], record.ends[column])))
}

const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const lenientDecoder = new TextDecoder('utf-8', { ignoreBOM: true })
