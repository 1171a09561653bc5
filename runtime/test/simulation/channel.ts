/** One direction between two sides that share no memory: what is sent arrives later, in order. */
import type { VirtualTime } from '../virtual-time.ts'

export class Channel {
  readonly #time: VirtualTime
  readonly #delayMicros: () => number
  #latestMicros = 0

  /** @param delayMicros - how long the next message takes, unless an earlier one takes longer */
  constructor(time: VirtualTime, delayMicros: () => number) {
    this.#time = time
    this.#delayMicros = delayMicros
  }

  /** @param arrive - called on arrival */
  send(arrive: () => void): void {
    const now = this.#time.now()
    this.#latestMicros = Math.max(this.#latestMicros, now + this.#delayMicros())
    this.#time.after((this.#latestMicros - now) / 1000, arrive)
  }
}
