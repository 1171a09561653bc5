/** A scribe without a thread: its messages come immediately. */
import type { RecordedFact } from '../src/staging/record/recorded-fact.ts'
import { Scribe } from '../src/staging/record/scribe.ts'
import type { ScribeListener, ScribeOutlet } from '../src/staging/record/scribe-thread.ts'

export class DirectScribe implements ScribeOutlet {
  readonly #scribe: Scribe
  readonly #listener: ScribeListener

  constructor(hasHistory: boolean, listener: ScribeListener) {
    this.#scribe = new Scribe(hasHistory)
    this.#listener = listener
  }

  take(fact: RecordedFact): void {
    for (const part of this.#scribe.take(fact)) {
      if ('doneBytes' in part) this.#listener.onDone(part.doneBytes)
      else this.#listener.onMessage(part)
    }
  }

  next(): void {}

  close(): void {}
}
