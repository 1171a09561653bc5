/**
 * A place in the input of a workflow, between two samples. Workflows run at their own pace, so what one does at a
 * moment may still be about a much earlier sample.
 */
export class Mark {
  /** Position of the newest sample before it. */
  readonly arrival: number
  readonly #passed = Promise.withResolvers<void>()
  #isPassed = false

  constructor(arrival: number) {
    this.arrival = arrival
  }

  /** Resolves when the workflow has done everything that it does about samples before the mark. */
  get passed(): Promise<void> {
    return this.#passed.promise
  }

  /** Whether what the workflow does now is after the mark. @param arrival - of the newest sample that it knows */
  isBefore(arrival: number): boolean {
    return this.#isPassed || arrival > this.arrival
  }

  pass(): void {
    this.#isPassed = true
    this.#passed.resolve()
  }
}
