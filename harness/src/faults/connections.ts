/**
 * The connections of producers over time: when each closes, and over which one a producer is back.
 *
 * A connection has its own id, so a producer that was away has a new one, as it would in staging.
 */
import { formatTimestamp, type Micros } from '@slung/runtime'
import { pickRows, positionsOf, type FeedColumns } from '../run/feed-columns.ts'

/** A connection closes before what arrives at that time: from then on, writebacks do not reach it. */
export interface Closing {
  readonly at: Micros
  /** The id of the connection. */
  readonly producer: number
}

/** A connection that is open from `from` on and before `to`; −Infinity and +Infinity stand for no bound. */
interface Session {
  readonly id: number
  readonly from: Micros
  to: Micros
}

export class Connections {
  /** Ids that no row of the input has, and the name of the producer. */
  readonly reopened: Map<number, string> = new Map()
  /** By name, in order of time; between two of them the producer is away. */
  readonly #sessions: ReadonlyMap<string, Session[]>
  readonly #taken: Set<number>

  /** @param producerIds - connection ids by name */
  constructor(producerIds: ReadonlyMap<string, number>) {
    this.#taken = new Set(producerIds.values())
    this.#sessions = new Map(
      [...producerIds].map(([name, id]) => [
        name,
        [{ id, from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }],
      ]),
    )
  }

  get names(): readonly string[] {
    return [...this.#sessions.keys()]
  }

  /** All that a producer ever has. */
  idsOf(name: string): readonly number[] {
    return this.#sessionsOf(name).map(({ id }) => id)
  }

  /**
   * Closes the connection of a producer.
   *
   * @param to - when it is back, ≥ `from`; +Infinity = never
   * @returns why that is impossible, or `null`: it must be connected right before and right after
   */
  interrupt(name: string, from: Micros, to: Micros): string | null {
    const sessions = this.#sessionsOf(name)
    const session = sessions.find((each) => each.from <= from && from < each.to)
    if (session === undefined) return `another fault has closed the connection of ${name} by ${formatTimestamp(from)}`
    if (session.to <= to && session.to !== Number.POSITIVE_INFINITY) {
      return `${name} would still be away at ${formatTimestamp(session.to)}, when another fault closes its connection`
    }
    if (to !== Number.POSITIVE_INFINITY) {
      const id = this.#newId()
      this.reopened.set(id, name)
      sessions.splice(sessions.indexOf(session) + 1, 0, { id, from: to, to: session.to })
    }
    session.to = from
    return null
  }

  /**
   * Brings every row over the connection that is open when it arrives: what arrives while the producer is away comes
   * when it is back, or never. Changes `rows`; arrivals may be out of order then.
   */
  route<Columns extends FeedColumns>(rows: Columns): Columns {
    const interrupted = [...this.#sessions.values()].filter(([first]) => first!.to !== Number.POSITIVE_INFINITY)
    if (interrupted.length === 0) return rows
    const sessionsOf = new Map(interrupted.flatMap((sessions) => sessions.map(({ id }) => [id, sessions])))
    const { arrives, producers } = rows
    const remaining = positionsOf(arrives.length).filter((position) => {
      const sessions = sessionsOf.get(producers[position]!)
      if (sessions === undefined) return true
      const session = sessions.find(({ from, to }) => Math.max(arrives[position]!, from) < to)
      if (session === undefined) return false
      arrives[position] = Math.max(arrives[position]!, session.from)
      producers[position] = session.id
      return true
    })
    return remaining.length === arrives.length ? rows : pickRows(rows, remaining)
  }

  /** By time. */
  closings(): Closing[] {
    return [...this.#sessions.values()]
      .flat()
      .filter(({ to }) => to !== Number.POSITIVE_INFINITY)
      .map(({ id, to }) => ({ at: to, producer: id }))
      .sort((left, right) => left.at - right.at)
  }

  #sessionsOf(name: string): Session[] {
    return this.#sessions.get(name) ?? []
  }

  #newId(): number {
    let id = 1
    while (this.#taken.has(id)) id++
    this.#taken.add(id)
    return id
  }
}
