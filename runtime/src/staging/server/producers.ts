/** The open connections by their ids: where writebacks of workflows find a producer. */
import { HostRefusal } from '../../guest/contract/guest-host.ts'
import type { ProducerId } from '../../engine/model/live-event.ts'

/** A connection that takes texts. */
export interface Producer {
  /** @throws {HostRefusal} when it cannot take more */
  sendText(text: string): void
}

export class Producers<Connection extends Producer> {
  readonly #open = new Map<ProducerId, Connection>()
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

  remove(id: ProducerId): void {
    this.#open.delete(id)
  }

  all(): Iterable<Connection> {
    return this.#open.values()
  }

  /** Sends a text frame. @throws {HostRefusal} for an unknown or closed connection, or one that does not read */
  sendText(id: ProducerId, text: string): void {
    const connection = this.#open.get(id)
    if (connection === undefined) {
      const known = id <= this.#openedCount ? 'its connection is closed' : 'there was no such connection'
      throw new HostRefusal(`cannot send to producer ${id}: ${known}`)
    }
    connection.sendText(text)
  }
}
