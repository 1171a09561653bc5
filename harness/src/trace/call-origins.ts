/** Where in a workflow its calls come from. */
import { readFrames, type GuestModule } from '@slung/runtime'

/** Which function of the workflow a call came from: names and positions are looked up once for each place. */
export class CallOrigins {
  readonly #guest: GuestModule
  readonly #known = new Map<string, string | null>()

  constructor(guest: GuestModule) {
    this.#guest = guest
  }

  /**
   * @param stack - of a traced call
   * @returns such as `alertHigh (assembly/index.ts:41:3)`; `null` when it is unknown
   */
  of(stack: string): string | null {
    let origin = this.#known.get(stack)
    if (origin === undefined) {
      const [frame] = readFrames(stack, this.#guest)
      origin =
        frame === undefined ? null : frame.location === null ? frame.function : `${frame.function} (${frame.location})`
      this.#known.set(stack, origin)
    }
    return origin
  }
}
