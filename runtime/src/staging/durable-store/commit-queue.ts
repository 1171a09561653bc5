/** One commit at a time: those who ask while one is running share the one after it. */

export class CommitQueue {
  readonly #commit: () => Promise<void>
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined

  /** @param commit - writes what there is when it is called; never called while it runs */
  constructor(commit: () => Promise<void>) {
    this.#commit = commit
  }

  /** Resolves when everything that was there before this call is committed. @throws what the commit throws */
  ask(): Promise<void> {
    if (this.#running === undefined) return this.#start()
    const start = (): Promise<void> => this.#start()
    this.#next ??= this.#running.then(start, start)
    return this.#next
  }

  /** Resolves when nothing runs and nobody waits, however it ended. */
  async idle(): Promise<void> {
    await (this.#next ?? this.#running)?.catch(() => {})
  }

  async #start(): Promise<void> {
    this.#next = undefined
    this.#running = this.#commit()
    try {
      await this.#running
    } finally {
      this.#running = undefined
    }
  }
}
