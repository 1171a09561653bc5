/**
 * A place in what comes to a workflow: between two samples. Workflows work in their own time, so what one does at a moment may
 * still be about a sample from long before.
 */
export class Mark {
  /** Position of the newest sample before it. */
  readonly arrival: number
  readonly #passed = Promise.withResolvers<void>()
  #isPassed = false

  constructor(arrival: number) {
    this.arrival = arrival
  }

  /** Resolves when the workflow has done all that it does about samples before the mark. */
  get passed(): Promise<void> {
    return this.#passed.promise
  }

  /** Whether what the workflow does now is after the mark. @param arrival - of the newest sample that it knows of */
  isBefore(arrival: number): boolean {
    return this.#isPassed || arrival > this.arrival
  }

  pass(): void {
    this.#isPassed = true
    this.#passed.resolve()
  }
}
