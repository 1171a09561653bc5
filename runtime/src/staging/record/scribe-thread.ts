/** A scribe on a thread of its own: its messages come later, in order. */
import { Worker } from 'node:worker_threads'
import { buffersOf, type RecordedFact } from './recorded-fact.ts'
import type { DoneFact, WrittenMessage } from './scribe.ts'

/** What a recording sees of its scribe. */
export interface ScribeOutlet {
  /** Takes the next fact. Whoever calls it does not use its buffers any more. */
  take(fact: RecordedFact): void
  /** A message of stored samples is sent: the next one may come. */
  next(): void
  /** Nothing more comes. */
  close(): void
}

export interface ScribeListener {
  /** A message is ready to be sent. */
  readonly onMessage: (message: WrittenMessage) => void
  /** All messages of one more fact have come. @param bytes - its size, as `bytesOf` */
  readonly onDone: (bytes: number) => void
  /** Nothing more comes, because of an error of ours or for want of memory. */
  readonly onFailure: (error: Error) => void
}

export type CreateScribe = (hasHistory: boolean, listener: ScribeListener) => ScribeOutlet

/** To the thread: facts, or that the next message may come. */
export type ToScribe = { readonly facts: readonly RecordedFact[] } | 'next'

/** From the thread: messages and ends of facts, in order. */
export type FromScribe = readonly (WrittenMessage | DoneFact)[]

export interface ScribeData {
  readonly hasHistory: boolean
}

/** Facts and stored samples are bounded; this bounds what becomes of them. */
const heapMegabytesMax = 256

export class ScribeThread implements ScribeOutlet {
  readonly #worker: Worker
  #facts: RecordedFact[] = []
  #isClosed = false

  constructor(hasHistory: boolean, { onMessage, onDone, onFailure }: ScribeListener) {
    const workerData: ScribeData = { hasHistory }
    const resourceLimits = { maxOldGenerationSizeMb: heapMegabytesMax }
    this.#worker = new Worker(workerFile, { name: 'slung-recording', workerData, resourceLimits })
    this.#worker.on('message', (parts: FromScribe) => {
      for (const part of parts) {
        if (this.#isClosed) return
        if ('doneBytes' in part) onDone(part.doneBytes)
        else onMessage(part)
      }
    })
    this.#worker.on('error', (error) => {
      if (!this.#isClosed) onFailure(error)
    })
    this.#worker.unref()
  }

  take(fact: RecordedFact): void {
    if (this.#isClosed) return
    // All facts of one callback go in one message.
    if (this.#facts.push(fact) === 1) queueMicrotask(() => this.#post())
  }

  next(): void {
    if (!this.#isClosed) this.#worker.postMessage('next' satisfies ToScribe, [])
  }

  close(): void {
    this.#isClosed = true
    void this.#worker.terminate()
  }

  #post(): void {
    const facts = this.#facts
    this.#facts = []
    if (!this.#isClosed) this.#worker.postMessage({ facts } satisfies ToScribe, facts.flatMap(buffersOf))
  }
}

// Beside this file, in the sources as well as in the build.
const workerFile = new URL(`./scribe-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
