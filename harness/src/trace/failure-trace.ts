/** What a failed test replays its run for: the curves of its live aggregates, and who sent what. */
import type { GuestModule, LiveEvent, Micros } from '@slung/runtime'
import { CallOrigins } from './call-origins.ts'
import type { TracedCall, TraceLine } from './trace-line.ts'

/** A live query and every Event of it that the workflow polled. */
export interface AggregateCurve {
  readonly query: string
  /** Virtual times of the polls. */
  readonly at: Micros[]
  readonly values: number[]
  /** Positions of those that were the latest Event of all when something was written back; ascending, each once. */
  readonly marks: number[]
}

export class FailureTrace {
  readonly #origins: CallOrigins
  readonly #curves = new Map<number, AggregateCurve>()
  /** Of every writeback in order; `null` where it is unknown. */
  readonly senders: (string | null)[] = []
  /** Whose Event was polled last. */
  #latest: AggregateCurve | undefined

  constructor(guest: GuestModule) {
    this.#origins = new CallOrigins(guest)
  }

  /** By handle, in order of subscription. */
  get curves(): readonly AggregateCurve[] {
    return [...this.#curves.values()]
  }

  add(lines: readonly TraceLine[]): void {
    for (const line of lines) if ('call' in line) this.#addCall(line)
  }

  #addCall({ at, call, args, result, refused, stack = '' }: TracedCall): void {
    switch (call) {
      case 'u_query_live':
        if (typeof result === 'number')
          this.#curves.set(result, { query: String(args[0]), at: [], values: [], marks: [] })
        break
      case 'u_poll_handle': {
        const curve = this.#curves.get(Number(args[0]))
        if (result === null || curve === undefined) break
        curve.at.push(at)
        curve.values.push((result as LiveEvent).value)
        this.#latest = curve
        break
      }
      // A refused request is a writeback without a response; any other refused call is not a writeback.
      case 'u_writeback_http':
        this.#addWriteback(stack)
        break
      case 'u_writeback_ws':
      case 'u_write_event':
        if (refused === undefined) this.#addWriteback(stack)
        break
      default:
    }
  }

  #addWriteback(stack: string): void {
    this.senders.push(this.#origins.of(stack))
    const { marks, values } = this.#latest ?? {}
    const position = (values?.length ?? 0) - 1
    if (marks !== undefined && marks.at(-1) !== position) marks.push(position)
  }
}
