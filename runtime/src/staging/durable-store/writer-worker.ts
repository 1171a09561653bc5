/** The thread that writes a store: it compresses, and puts each group commit into one transaction. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { decodeSealedChunk, encodeChunk, encodeSealedChunk } from './chunk-bytes.ts'
import { checksumBytes, writeChecksum, type TableName } from './damaged-bytes.ts'
import { encodeJournalRecord, linkJournalRecord } from './journal-record.ts'
import { describeWriteFailure } from './describe-failure.ts'
import { openStoreFiles, readSession, readTotals, writeTotals } from './store-files.ts'
import { StoreFileGuard, StoreLost } from './store-file-guard.ts'
import { chunkKeyBytes, parseChunkKey, sequenceBytes, seriesKeyBytes, stateKeyBytes } from './store-keys.ts'
import { countRecord, type StoreTotals } from './store-totals.ts'
import type { CommitBatch, FromWriter, ToWriter, WriterData } from './writer-messages.ts'

/** A batch with its bytes encoded: what has to be written again after a failed transaction. */
interface EncodedBatch {
  readonly series: readonly (readonly [key: Buffer, value: Buffer])[]
  readonly forgotten: readonly Buffer[]
  /** Still to be linked. */
  readonly records: readonly (readonly [key: Buffer, value: Uint8Array<ArrayBuffer>])[]
  readonly deletes: readonly Buffer[]
  readonly chunks: readonly (readonly [key: Buffer, summary: Uint8Array, samples: Uint8Array])[]
  readonly keepFrom: number
  readonly next: number
  readonly journalEntries: number
}

// This file is the worker's entry, so there is a port.
const port: MessagePort = parentPort!
const { directory, session } = workerData as WriterData
const files = openStoreFiles(directory, 'write')
const guard = new StoreFileGuard(directory)
/** A reader that was killed keeps the pages it looked at, until somebody notices that it is gone. */
const commitsPerReaderCheck = 32
let commitCount = 0
let pending: EncodedBatch[] = []
/** The newest value of each key that the disk does not have: while commits fail, workflows go on changing it. */
let pendingStates = new Map<string, readonly [key: Buffer, value: Buffer | null]>()

port.on('message', (message: ToWriter) => {
  if (message.kind === 'close') void close()
  else void commit(message.batch)
})

async function commit(batch: CommitBatch): Promise<void> {
  pending.push(encode(batch))
  for (const state of batch.states) {
    const key = stateKeyBytes(state.workflow, state.key)
    pendingStates.set(key.toString(), state.value === null ? [key, null] : encodeValue('state', key, state.value))
  }
  try {
    guard.checkPath()
    guard.checkSize()
    if (commitCount++ % commitsPerReaderCheck === 0) files.environment.readerCheck()
    // It returns when everything is on the disk, and throws when nothing is.
    files.environment.transactionSync(() => {
      if (readSession(files) !== session) throw new StoreLost('another process has opened it and owns it now')
      const totals = readTotals(files)
      for (const encoded of pending) write(encoded, totals)
      writeStates(totals)
      writeTotals(files, totals)
    })
    // Written into a file that nobody finds is not written.
    guard.checkPath()
  } catch (error) {
    send({ kind: 'failed', reason: await describeWriteFailure(directory, error) })
    return
  }
  const batches = pending.map(({ chunks }) => chunks.map(([, summary]) => summary))
  pending = []
  pendingStates = new Map()
  send({ kind: 'committed', batches })
}

function encode(batch: CommitBatch): EncodedBatch {
  const { series, forgotten, records, deletes, seals, keepFrom, next, journalEntries } = batch
  return {
    series: series.map(({ id, key }) => encodeValue('series', seriesKeyBytes(id), Buffer.from(key ?? ''))),
    forgotten: forgotten.map((id) => seriesKeyBytes(id)),
    records: records.map(({ sequence, record }) => [sequenceBytes(sequence), encodeJournalRecord(record)]),
    deletes: deletes.map((name) => chunkKeyBytes(name.series, name.first)),
    chunks: seals.map(({ series: id, first, columns }) => {
      const key = chunkKeyBytes(id, first)
      const samples = encodeChunk(key, columns)
      return [key, encodeSealedChunk(key, columns, samples, next), samples]
    }),
    keepFrom,
    next,
    journalEntries,
  }
}

function encodeValue(table: TableName, key: Buffer, bytes: Uint8Array): readonly [key: Buffer, value: Buffer] {
  const value = Buffer.concat([Buffer.alloc(checksumBytes), bytes])
  return [key, writeChecksum(table, key, value)]
}

function write(batch: EncodedBatch, totals: StoreTotals): void {
  const { series, journal, samples, summaries } = files
  for (const [key, value] of batch.series) {
    uncountSeries(key, totals)
    series.putSync(key, value)
    countRecord(totals.series, value, 1)
  }
  for (const key of batch.forgotten) {
    uncountSeries(key, totals)
    series.removeSync(key)
  }
  // A sealed chunk may take the key of a deleted one, so deletes come first.
  for (const key of batch.deletes) {
    uncountChunk(key, totals)
    summaries.removeSync(key)
    samples.removeSync(key)
  }
  for (const [key, summary, bytes] of batch.chunks) {
    uncountChunk(key, totals)
    summaries.putSync(key, asBuffer(summary))
    samples.putSync(key, asBuffer(bytes))
    countChunk(key, summary, totals, 1)
  }
  for (const [key, value] of batch.records) {
    totals.journalLast = linkJournalRecord(key, value, totals.journalLast)
    journal.putSync(key, asBuffer(value))
  }
  // Collected before they are removed: a cursor does not outlive a change.
  const dropped = Array.from(journal.getKeys({ end: sequenceBytes(batch.keepFrom) }), (key) => Buffer.from(key))
  for (const key of dropped) journal.removeSync(key)
  totals.journalFirst = batch.keepFrom
  totals.journalNext = batch.next
  totals.journalEntries = batch.journalEntries
}

function writeStates(totals: StoreTotals): void {
  // Opened to write, so it is there.
  const state = files.state!
  for (const [key, value] of pendingStates.values()) {
    const stored = state.get(key)
    if (stored !== undefined) countRecord(totals.state, stored, -1)
    if (value === null) state.removeSync(key)
    else {
      state.putSync(key, value)
      countRecord(totals.state, value, 1)
    }
  }
}

/** Takes the series that is stored under a key, if there is one, out of the totals. */
function uncountSeries(key: Buffer, totals: StoreTotals): void {
  const stored = files.series.get(key)
  if (stored !== undefined) countRecord(totals.series, stored, -1)
}

/** Takes the chunk that is stored under a key, if there is one, out of the totals. */
function uncountChunk(key: Buffer, totals: StoreTotals): void {
  const stored = files.summaries.get(key)
  if (stored !== undefined) countChunk(key, stored, totals, -1)
}

function countChunk(key: Buffer, summary: Uint8Array, totals: StoreTotals, by: 1 | -1): void {
  countRecord(totals.summaries, summary, by)
  const { first } = parseChunkKey(key)
  totals.sealedSamples += by * decodeSealedChunk(first, summary.subarray(checksumBytes)).summary.count
}

async function close(): Promise<void> {
  guard.close()
  await files.environment.close()
  send({ kind: 'closed' })
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function send(message: FromWriter): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  port.postMessage(message)
}
