/** Recorded samples as lines of a fixture CSV. */
import { fitsTagsCell, quoteCell } from '../../engine/fixture/write-cells.ts'
import { formatTimestamp, type Micros } from '../../engine/model/timestamp.ts'
import type { SeriesMessage } from './record-protocol.ts'

export const sampleHeader = 'timestamp,arrives,series,producer,tags,value\n'

export interface SampleRow {
  readonly timestamp: Micros
  /** In the form of `sampleTime`. */
  readonly arrives: string
  readonly value: number
  /** 0 = none. */
  readonly producer: number
}

/** The cells that are the same for all samples of a series. */
export interface SeriesCells {
  readonly name: string
  readonly tags: string
}

/**
 * `null` when a fixture cannot hold one of the tags: it separates them by semicolons, and ignores blanks around them.
 */
export function seriesCells({ name, tags }: Pick<SeriesMessage, 'name' | 'tags'>): SeriesCells | null {
  if (!tags.every(fitsTagsCell)) return null
  return { name: quoteCell(name), tags: quoteCell(tags.join(';')) }
}

/** One line, with its line end. */
export function sampleLine({ name, tags }: SeriesCells, { timestamp, arrives, value, producer }: SampleRow): string {
  return `${sampleTime(timestamp)},${arrives},${name},${producer === 0 ? '' : producer},${tags},${value}\n`
}

/** A time as a cell: RFC 3339, or microseconds when RFC 3339 has no year for it. */
export function sampleTime(micros: Micros): string {
  const text = formatTimestamp(micros)
  return text.endsWith('Z') ? text : String(micros)
}
