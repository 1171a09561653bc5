/**
 * How often recordings may begin: what one begins with is read from the store, so recorders that begin again and again
 * would cost everybody.
 */

/** Of one address, in one minute. */
export const beginsMax = 10
const spanMillis = 60_000

export class BeginPace {
  /** When recordings of each address began, oldest first. */
  readonly #begins = new Map<string, number[]>()

  /** How long an address has to wait before its next recording; 0 = it may begin. */
  waitMillis(address: string, now: number): number {
    const begins = this.#begins.get(address)?.filter((at) => at > now - spanMillis) ?? []
    return begins.length < beginsMax ? 0 : begins[0]! + spanMillis - now
  }

  /** To be called when a recording begins. */
  note(address: string, now: number): void {
    for (const [other, begins] of this.#begins) {
      if (begins.every((at) => at <= now - spanMillis)) this.#begins.delete(other)
    }
    const begins = this.#begins.get(address) ?? []
    begins.push(now)
    if (begins.length > beginsMax) begins.shift()
    this.#begins.set(address, begins)
  }
}
