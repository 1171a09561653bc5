/** One commit at a time: callers that ask while one is running share the next one. */

export class CommitQueue {
  readonly #commit: () => Promise<void>
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined

  /** @param commit - writes everything present when it is called; never called while it runs */
  constructor(commit: () => Promise<void>) {
    this.#commit = commit
  }

  /** Resolves when everything present before this call is committed. @throws what the commit throws */
  ask(): Promise<void> {
    if (this.#running === undefined) return this.#start()
    const start = (): Promise<void> => this.#start()
    this.#next ??= this.#running.then(start, start)
    return this.#next
  }

  /** Resolves when no commit is running or wanted, however the last one ended. */
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
