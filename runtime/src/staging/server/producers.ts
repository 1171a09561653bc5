/** The open connections by their ids: where writebacks of workflows find a producer. */
import { HostRefusal } from '../../guest/contract/guest-host.ts'
import type { ProducerId } from '../../engine/model/live-event.ts'
import type { Micros } from '../../engine/model/timestamp.ts'

/** How many closed connections are remembered. */
const closingsMax = 4096

/** A connection that takes texts. */
export interface Producer {
  /** @throws {HostRefusal} when it cannot take more */
  sendText(text: string): void
}

export class Producers<Connection extends Producer> {
  readonly #open = new Map<ProducerId, Connection>()
  /** When the latest closings were; older ones are forgotten. */
  readonly #closedAt = new Map<ProducerId, Micros>()
  #openedCount = 0

  get openCount(): number {
    return this.#open.size
  }

  /** The id of the next connection. Ids count from 1 and are never reused. */
  get nextId(): ProducerId {
    return this.#openedCount + 1
  }

  /** Connections so far, open or closed. */
  get openedCount(): number {
    return this.#openedCount
  }

  add(connection: Connection): void {
    this.#open.set(++this.#openedCount, connection)
  }

  /** @param at - when it was closed */
  remove(id: ProducerId, at: Micros): void {
    this.#open.delete(id)
    this.#closedAt.set(id, at)
    if (this.#closedAt.size > closingsMax) this.#closedAt.delete(this.#closedAt.keys().next().value!)
  }

  all(): Iterable<Connection> {
    return this.#open.values()
  }

  /**
   * Sends a text frame. A sender works through what arrives at its own pace: to a connection that was closed after
   * `now`, the time that the sender has reached, the text is lost on its way, as it can be on any.
   *
   * @throws {HostRefusal} for an unknown or closed connection, or one that does not read
   */
  sendText(id: ProducerId, text: string, now: Micros): void {
    const connection = this.#open.get(id)
    if (connection === undefined) {
      if ((this.#closedAt.get(id) ?? Number.NEGATIVE_INFINITY) > now) return
      const known = id <= this.#openedCount ? 'its connection is closed' : 'there was no such connection'
      throw new HostRefusal(`cannot send to producer ${id}: ${known}`)
    }
    connection.sendText(text)
  }
}
