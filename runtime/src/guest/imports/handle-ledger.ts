/**
 * The handles of one guest as the border sees them: a host answers "nothing" both to a handle without an Event and to one
 * that it does not know, and a guest that polls the wrong handle should hear about it.
 */

/** More mistakes than this are not told apart: a guest may poll any number. */
const mistakesMax = 1024

export class HandleLedger {
  readonly #open = new Set<number>()
  readonly #reported = new Set<string>()

  open(handle: number): void {
    this.#open.add(handle)
  }

  free(handle: number): void {
    this.#open.delete(handle)
  }

  isOpen(handle: number): boolean {
    return this.#open.has(handle)
  }

  /** Whether this is the first time that the guest makes this call with this handle: a guest may do so in a loop. */
  isNews(call: string, handle: bigint): boolean {
    const key = `${call} ${handle}`
    if (this.#reported.has(key) || this.#reported.size >= mistakesMax) return false
    this.#reported.add(key)
    return true
  }
}
