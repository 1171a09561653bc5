/** The store's side of its writer thread: one batch at a time, with its outcome as a promise. */
import { Worker } from 'node:worker_threads'
import { SlungError } from '../../engine/model/slung-error.ts'
import type { CommitBatch, FromWriter, ToWriter, WriterData } from './writer-messages.ts'

export class WriterThread {
  readonly #directory: string
  readonly #worker: Worker
  #answer: PromiseWithResolvers<FromWriter> | undefined
  /** Why the thread is gone. */
  #lost: SlungError | undefined

  constructor(data: WriterData) {
    this.#directory = data.directory
    this.#worker = new Worker(workerFile, { name: 'slung-writer', workerData: data })
    this.#worker.on('message', (message: FromWriter) => this.#answer?.resolve(message))
    this.#worker.on('error', (error) => this.#lose(error.message))
    this.#worker.on('exit', (code) => this.#lose(`it exited with code ${code}`))
    this.#worker.unref()
  }

  /**
   * Writes a batch; no other may be on its way.
   *
   * @returns the encoded summaries of the chunks of every batch that reached the disk now: first those of batches
   *   that had failed, then those of this one
   * @throws {SlungError} `store-failed`; the batch is kept and written with the next
   */
  async commit(batch: CommitBatch): Promise<readonly (readonly Uint8Array[])[]> {
    const buffers = [
      ...batch.seals.flatMap(({ columns }) => [columns.timestamps.buffer, columns.values.buffer]),
      ...batch.records.flatMap(({ record }) =>
        record.kind === 'samples'
          ? [record.columns.series.buffer, record.columns.timestamps.buffer, record.columns.values.buffer]
          : [],
      ),
    ]
    const answer = await this.#ask({ kind: 'commit', batch }, buffers)
    if (answer.kind === 'committed') return answer.batches
    throw this.#failure(answer.kind === 'failed' ? answer.reason : 'it was closed')
  }

  async close(): Promise<void> {
    if (this.#lost === undefined) await this.#ask({ kind: 'close' }, [])
    this.#lost ??= this.#failure('it is closed')
    await this.#worker.terminate()
  }

  async #ask(message: ToWriter, transfer: readonly ArrayBuffer[]): Promise<FromWriter> {
    if (this.#lost !== undefined) throw this.#lost
    this.#answer = Promise.withResolvers()
    this.#worker.ref()
    this.#worker.postMessage(message, [...transfer])
    try {
      return await this.#answer.promise
    } finally {
      this.#worker.unref()
      this.#answer = undefined
    }
  }

  #lose(reason: string): void {
    this.#lost ??= this.#failure(`its thread ended: ${reason}; restart the runtime`)
    this.#answer?.reject(this.#lost)
  }

  #failure(reason: string): SlungError {
    return new SlungError('store-failed', `cannot write to the store "${this.#directory}": ${reason}`)
  }
}

// Beside this file, in the sources as well as in the build.
const workerFile = new URL(`./writer-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
