/** Reads the body of a request in one go or in pieces, and returns what became of it. */
import { IngestReport, type BodyReader, type LineError } from '../src/staging/bodies/body-reader.ts'
import type { SampleBatchBuilder } from '../src/engine/model/columns.ts'
import { RecordingBatch } from './recording-batch.ts'

export interface BodyAnswer {
  readonly samples: readonly string[]
  readonly accepted: number
  readonly rejected: number
  readonly errors: readonly LineError[]
}

export interface BodyWorld {
  /** Sizes of the chunks, repeated; the whole body by default. */
  readonly sizes?: readonly number[]
  readonly sink?: RecordingBatch
}

export function readBody(
  createReader: (sink: SampleBatchBuilder, report: IngestReport) => BodyReader,
  body: string | Uint8Array,
  { sizes = [], sink = new RecordingBatch() }: BodyWorld = {},
): BodyAnswer {
  const report = new IngestReport()
  const reader = createReader(sink, report)
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  for (let start = 0, turn = 0; start < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? bytes.length
    // Overwritten afterwards: a reader must not keep what it is lent.
    const chunk = Uint8Array.from(bytes.subarray(start, start + size))
    reader.push(chunk)
    chunk.fill(0)
    start += size
  }
  reader.finish()
  const { accepted, rejected, errors } = report
  return { samples: sink.samples, accepted, rejected, errors }
}
