/** Recorded samples as lines of a fixture CSV. */
import { quoteCell } from '../../engine/fixture/csv-record.ts'
import { fitsTagsCell } from '../../engine/fixture/fixture-series.ts'
import { formatTimestamp, type Micros } from '../../engine/model/timestamp.ts'
import type { SeriesMessage } from './record-protocol.ts'

export const sampleHeader = 'timestamp,arrives,series,producer,tags,value\n'

export interface SampleRow {
  readonly timestamp: Micros
  /** As `formatTimestamp` writes it. */
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
  return `${formatTimestamp(timestamp)},${arrives},${name},${producer === 0 ? '' : producer},${tags},${value}\n`
}
