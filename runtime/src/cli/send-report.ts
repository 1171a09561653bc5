/** What `slung send` prints, as texts. */
import { escapeUnprintable, printable } from '../engine/text/printable.ts'
import { grouped, plural } from '../engine/text/words.ts'

/** The progress of a run. */
export interface SendCounts {
  /** Rows of the file. */
  readonly rowCount: number
  readonly sentCount: number
  readonly acknowledgedCount: number
  readonly refusedCount: number
  readonly writebackCount: number
  /** Since the first row. */
  readonly seconds: number
}

const barCells = 20

/** `sent 22,695 rows in 0.4 s (57,000 rows/s), all acknowledged; 3 writebacks` */
export function formatSummary(counts: SendCounts): string {
  const { rowCount, sentCount, acknowledgedCount, refusedCount, writebackCount, seconds } = counts
  const rows = sentCount === rowCount ? plural(rowCount, 'row') : `${grouped(sentCount)} of ${plural(rowCount, 'row')}`
  const outcome = acknowledgedCount === sentCount ? 'all acknowledged' : `${grouped(acknowledgedCount)} acknowledged`
  const refused = refusedCount === 0 ? '' : `, ${grouped(refusedCount)} refused`
  const time = `${seconds.toFixed(seconds < 10 ? 1 : 0)} s (${formatRate(counts)})`
  return `sent ${rows} in ${time}, ${outcome}${refused}; ${plural(writebackCount, 'writeback')}`
}

/** One line, at most 80 columns for files of less than ten million rows. */
export function formatProgress(counts: SendCounts): string {
  const share = counts.sentCount / counts.rowCount
  const full = Math.floor(share * barCells)
  const bar = `${'█'.repeat(full)}${'░'.repeat(barCells - full)}`
  const percent = `${Math.floor(share * 100)}%`.padStart(4)
  const acknowledged = `${grouped(counts.acknowledgedCount)} acknowledged`
  return `${bar} ${percent} ${plural(counts.sentCount, 'row')} ${formatRate(counts)} ${acknowledged}`
}

/** One line of text or of JSON; `width` aligns the texts of several producers. */
export function formatWriteback(producer: string, text: string, format: 'text' | 'json', width: number): string {
  if (format === 'json') return `${escapeUnprintable(JSON.stringify({ producer, text }))}\n`
  return `${printable(producer).padEnd(width)}  ${printable(text)}\n`
}

/** So short a measurement is good for two digits. */
function formatRate({ sentCount, seconds }: SendCounts): string {
  const rate = seconds > 0 ? Number((sentCount / seconds).toPrecision(2)) : 0
  return `${grouped(rate)} rows/s`
}
