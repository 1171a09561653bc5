/** The thread that writes a store: it compresses, and puts each group commit into one transaction. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { encodeChunk, encodeSealedChunk } from './chunk-bytes.ts'
import { encodeJournalRecord } from './journal-record.ts'
import { describeWriteFailure } from './describe-failure.ts'
import { openStoreFiles, readSession, type StoreFiles } from './store-files.ts'
import { chunkKeyBytes, sequenceBytes, seriesKeyBytes } from './store-keys.ts'
import type { CommitBatch, FromWriter, ToWriter, WriterData } from './writer-messages.ts'

/** A batch with its bytes encoded: what has to be written again after a failed transaction. */
interface EncodedBatch {
  readonly series: readonly (readonly [key: Buffer, value: Buffer])[]
  readonly forgotten: readonly Buffer[]
  readonly records: readonly (readonly [key: Buffer, value: Uint8Array])[]
  readonly deletes: readonly Buffer[]
  readonly chunks: readonly (readonly [key: Buffer, summary: Uint8Array, samples: Uint8Array])[]
  readonly keepFrom: number
}

// This file is the worker's entry, so there is a port.
const port: MessagePort = parentPort!
const { directory, session } = workerData as WriterData
const files = openStoreFiles(directory, 'write')
let pending: EncodedBatch[] = []

port.on('message', (message: ToWriter) => {
  if (message.kind === 'close') void close()
  else void commit(message.batch)
})

async function commit(batch: CommitBatch): Promise<void> {
  pending.push(encode(batch))
  try {
    // It returns when everything is on the disk, and throws when nothing is.
    files.environment.transactionSync(() => {
      if (readSession(files) !== session) throw new Error('another process has opened it and owns it now')
      for (const encoded of pending) write(files, encoded)
    })
  } catch (error) {
    send({ kind: 'failed', reason: await describeWriteFailure(directory, error) })
    return
  }
  const batches = pending.map(({ chunks }) => chunks.map(([, summary]) => summary))
  pending = []
  send({ kind: 'committed', batches })
}

function encode({ series, forgotten, records, deletes, seals, keepFrom }: CommitBatch): EncodedBatch {
  return {
    series: series.map(({ id, key }) => [seriesKeyBytes(id), Buffer.from(key ?? '')]),
    forgotten: forgotten.map((id) => seriesKeyBytes(id)),
    records: records.map(({ sequence, record }) => [sequenceBytes(sequence), encodeJournalRecord(record)]),
    deletes: deletes.map((name) => chunkKeyBytes(name.series, name.first)),
    chunks: seals.map(({ series: id, first, columns }) => {
      const samples = encodeChunk(columns)
      return [chunkKeyBytes(id, first), encodeSealedChunk(columns, samples.length), samples]
    }),
    keepFrom,
  }
}

function write({ series, journal, summaries, samples }: StoreFiles, batch: EncodedBatch): void {
  for (const [key, value] of batch.series) series.putSync(key, value)
  for (const key of batch.forgotten) series.removeSync(key)
  // A sealed chunk may take the key of a deleted one, so deletes come first.
  for (const key of batch.deletes) {
    summaries.removeSync(key)
    samples.removeSync(key)
  }
  for (const [key, summary, bytes] of batch.chunks) {
    summaries.putSync(key, asBuffer(summary))
    samples.putSync(key, asBuffer(bytes))
  }
  for (const [key, value] of batch.records) journal.putSync(key, asBuffer(value))
  // Collected before they are removed: a cursor does not outlive a change.
  const dropped = Array.from(journal.getKeys({ end: sequenceBytes(batch.keepFrom) }), (key) => Buffer.from(key))
  for (const key of dropped) journal.removeSync(key)
}

async function close(): Promise<void> {
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
