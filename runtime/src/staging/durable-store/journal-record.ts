/**
 * A record of the journal: what one group commit added to the store, or what retention removed from it. Format:
 * `docs/formats/journal.md`.
 *
 * The samples of a record are sorted by series before they are encoded, each series in order of arrival. So the values
 * of a series stand side by side and compress like a chunk, and replaying one series at a time yields the same store.
 */
import type { Micros } from '../../engine/model/timestamp.ts'
import type { Columns } from '../../engine/store/chunk.ts'
import type { SeriesId } from '../../engine/store/history-source.ts'
import { decodeColumns, encodeColumns } from './column-codec.ts'
import { checksumBytes, checksumOf, DamagedBytes, writeChecksum } from './damaged-bytes.ts'
import { VarintReader, VarintWriter } from './varint.ts'

/** Samples in order of arrival, in columns of the same length. */
export interface SampleColumns extends Columns {
  readonly series: Uint32Array<ArrayBuffer>
}

/** Retention removed all samples of a series in a span of time (both ends inclusive). */
export interface Removal {
  /** `null` = of all series. */
  readonly series: SeriesId | null
  readonly first: Micros
  readonly last: Micros
}

export type JournalRecord =
  | { readonly kind: 'samples'; readonly columns: SampleColumns }
  | { readonly kind: 'removals'; readonly removals: readonly Removal[] }

const samplesKind = 1
const removalsKind = 2
const linkBytes = 4
const samplesHeaderBytes = 17
const removalsHeaderBytes = 13
const removalBytes = 20
const allSeries = 0xffff_ffff
const kindAt = checksumBytes + linkBytes
const textOfDamage = 'a record is cut off'

/** The value of a record, but for its link and checksum: `linkJournalRecord`. */
export function encodeJournalRecord(record: JournalRecord): Uint8Array<ArrayBuffer> {
  return record.kind === 'samples' ? encodeSamples(record.columns) : encodeRemovals(record.removals)
}

/**
 * Completes an encoded record: records are a chain, each with the checksum of the one before, so that a record of
 * another time in the place of one is noticed.
 *
 * @param previous - the checksum of the record before; 0 before the first
 * @returns the record's own checksum
 */
export function linkJournalRecord(key: Uint8Array, value: Uint8Array<ArrayBuffer>, previous: number): number {
  new DataView(value.buffer, value.byteOffset).setUint32(checksumBytes, previous, true)
  return checksumOf(writeChecksum('journal', key, value))
}

/** A record, and the checksum of the one before it. */
export interface LinkedRecord {
  readonly previous: number
  readonly record: JournalRecord
}

/** @param bytes - the value after its checksum. @throws {DamagedBytes} */
export function decodeJournalRecord(bytes: Uint8Array): LinkedRecord {
  if (bytes.length <= linkBytes) throw new DamagedBytes(textOfDamage)
  const previous = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  switch (bytes[linkBytes]) {
    case samplesKind:
      return { previous, record: { kind: 'samples', columns: decodeSamples(bytes) } }
    case removalsKind:
      return { previous, record: { kind: 'removals', removals: decodeRemovals(bytes) } }
    default:
      throw new DamagedBytes(`a record has the unknown kind ${bytes[linkBytes]}`)
  }
}

function encodeSamples(columns: SampleColumns): Uint8Array<ArrayBuffer> {
  const { runs, sorted } = sortBySeries(columns)
  const writer = new VarintWriter(2 * runs.length)
  let before = 0
  for (const run of runs) {
    writer.signed(run.series - before)
    writer.unsigned(run.count)
    before = run.series
  }
  const runBytes = writer.bytes()
  const block = encodeColumns(sorted)
  const bytes = new Uint8Array(samplesHeaderBytes + runBytes.length + block.length)
  const view = new DataView(bytes.buffer)
  view.setUint8(kindAt, samplesKind)
  view.setUint32(kindAt + 1, runs.length, true)
  view.setUint32(kindAt + 5, runBytes.length, true)
  bytes.set(runBytes, samplesHeaderBytes)
  bytes.set(block, samplesHeaderBytes + runBytes.length)
  return bytes
}

function decodeSamples(bytes: Uint8Array): SampleColumns {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const runsStart = samplesHeaderBytes - checksumBytes
  if (bytes.length < runsStart) throw new DamagedBytes(textOfDamage)
  const runCount = view.getUint32(linkBytes + 1, true)
  const columnsStart = runsStart + view.getUint32(linkBytes + 5, true)
  const reader = new VarintReader(bytes.subarray(runsStart, columnsStart))
  const { timestamps, values } = decodeColumns(bytes.subarray(columnsStart))
  const series = new Uint32Array(timestamps.length)
  let id = 0
  let end = 0
  // A run has samples, so there are no more runs than samples.
  if (runCount > series.length) throw new DamagedBytes('a record has more runs than samples')
  for (let run = 0; run < runCount; run++) {
    id += reader.signed()
    const start = end
    end += reader.unsigned()
    series.fill(id, start, end)
  }
  if (!reader.isAtEnd || end !== timestamps.length)
    throw new DamagedBytes('the table of series does not fit the samples')
  return { series, timestamps, values }
}

interface Run {
  readonly series: SeriesId
  count: number
  /** Where its next sample goes. */
  next: number
}

/** A counting sort; series in order of first appearance. */
function sortBySeries({ series, timestamps, values }: SampleColumns): { runs: readonly Run[]; sorted: Columns } {
  const runs: Run[] = []
  const runBySeries = new Map<SeriesId, Run>()
  const runOf: Run[] = Array.from({ length: series.length })
  for (let index = 0; index < series.length; index++) {
    const id = series[index]!
    let run = runBySeries.get(id)
    if (run === undefined) {
      run = { series: id, count: 0, next: 0 }
      runBySeries.set(id, run)
      runs.push(run)
    }
    run.count++
    runOf[index] = run
  }
  let start = 0
  for (const run of runs) {
    run.next = start
    start += run.count
  }
  const sorted = { timestamps: new Float64Array(series.length), values: new Float64Array(series.length) }
  for (let index = 0; index < series.length; index++) {
    const at = runOf[index]!.next++
    sorted.timestamps[at] = timestamps[index]!
    sorted.values[at] = values[index]!
  }
  return { runs, sorted }
}

function encodeRemovals(removals: readonly Removal[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(removalsHeaderBytes + removalBytes * removals.length)
  const view = new DataView(bytes.buffer)
  view.setUint8(kindAt, removalsKind)
  view.setUint32(kindAt + 1, removals.length, true)
  let at = removalsHeaderBytes
  for (const { series, first, last } of removals) {
    view.setUint32(at, series ?? allSeries, true)
    view.setFloat64(at + 4, first, true)
    view.setFloat64(at + 12, last, true)
    at += removalBytes
  }
  return bytes
}

function decodeRemovals(bytes: Uint8Array): Removal[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const listStart = removalsHeaderBytes - checksumBytes
  const count = bytes.length < listStart ? -1 : view.getUint32(linkBytes + 1, true)
  if (bytes.length !== listStart + removalBytes * count) throw new DamagedBytes('the list of removals is cut off')
  return Array.from({ length: count }, (_, index) => {
    const at = listStart + removalBytes * index
    const series = view.getUint32(at, true)
    return {
      series: series === allSeries ? null : series,
      first: view.getFloat64(at + 4, true),
      last: view.getFloat64(at + 12, true),
    }
  })
}
