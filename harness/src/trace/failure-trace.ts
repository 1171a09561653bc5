/** What a failed test replays its run for: the curves of its live aggregates, and who sent what. */
import { parseQuery, type GuestModule, type LiveEvent, type Micros, type Query } from '@slung/runtime'
import { CallOrigins } from './call-origins.ts'
import type { TracedCall, TraceLine } from './trace-line.ts'

/** A live query, or one group of it, and every Event of it that the workflow polled. */
export interface AggregateCurve {
  readonly query: string
  /** The tags that the Events of the group share; none without groups. */
  readonly group: readonly string[]
  /** Virtual times of the polls. */
  readonly at: Micros[]
  readonly values: number[]
  /** Positions of those that were the latest Event of all when something was written back; ascending, each once. */
  readonly marks: number[]
}

export class FailureTrace {
  readonly #origins: CallOrigins
  readonly #queries = new Map<number, Query>()
  /** By handle and group. */
  readonly #curves = new Map<string, AggregateCurve>()
  /** Of every writeback in order; `null` where it is unknown. */
  readonly senders: (string | null)[] = []
  /** Whose Event was polled last. */
  #latest: AggregateCurve | undefined

  constructor(guest: GuestModule) {
    this.#origins = new CallOrigins(guest)
  }

  /** In the order of their first Events. */
  get curves(): readonly AggregateCurve[] {
    return [...this.#curves.values()]
  }

  add(lines: readonly TraceLine[]): void {
    for (const line of lines) if ('call' in line) this.#addCall(line)
  }

  #addCall({ at, call, args, result, refused, stack = '' }: TracedCall): void {
    switch (call) {
      case 'u_query_live':
        if (typeof result === 'number') this.#queries.set(result, parseQuery(String(args[0])))
        break
      case 'u_poll_handle':
        if (result !== null) this.#addEvent(Number(args[0]), at, result as LiveEvent)
        break
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

  #addEvent(handle: number, at: Micros, { value, tags }: LiveEvent): void {
    const query = this.#queries.get(handle)
    if (query === undefined) return
    const group = tags.filter((tag) => query.groupBy.some((key) => tag.startsWith(`${key}=`)))
    const name = JSON.stringify([handle, ...group])
    let curve = this.#curves.get(name)
    if (curve === undefined)
      this.#curves.set(name, (curve = { query: query.text, group, at: [], values: [], marks: [] }))
    curve.at.push(at)
    curve.values.push(value)
    this.#latest = curve
  }

  #addWriteback(stack: string): void {
    this.senders.push(this.#origins.of(stack))
    const { marks, values } = this.#latest ?? {}
    const position = (values?.length ?? 0) - 1
    if (marks !== undefined && marks.at(-1) !== position) marks.push(position)
  }
}
