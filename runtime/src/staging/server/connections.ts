/**
 * All WebSocket connections that send events: opened, watched and closed together, and found by workflows that write
 * back.
 */
import type { WebSocket } from 'ws'
import type { ProducerId } from '../../engine/model/live-event.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import type { LimitsConfig } from '../config/runtime-config.ts'
import type { Intake } from '../intake.ts'
import type { Observers } from '../observe/observers.ts'
import type { Timers } from '../system/clock.ts'
import { ProducerConnection } from './producer-connection.ts'
import { Producers } from './producers.ts'

export interface ConnectionsOptions {
  readonly intake: Intake
  readonly limits: Pick<LimitsConfig, 'connectionsMax' | 'sendBufferBytesMax'>
  readonly timers: Pick<Timers, 'after'>
  readonly observers: Observers
}

/** While memory is short, this part of `sendBufferBytesMax` is the limit: of a thousand connections, half a gigabyte. */
const shortagePart = 16

export class Connections {
  readonly #options: ConnectionsOptions
  #isShortOfMemory = false
  readonly #producers = new Producers<ProducerConnection>()

  constructor(options: ConnectionsOptions) {
    this.#options = options
  }

  get openCount(): number {
    return this.#producers.openCount
  }

  /** Why no connection can open now; `null` when one can. */
  refuse(): string | null {
    const { connectionsMax } = this.#options.limits
    if (this.#producers.openCount < connectionsMax) return null
    return `${connectionsMax} connections are already open, which is the limit`
  }

  open(socket: WebSocket): void {
    const { intake, limits, timers, observers } = this.#options
    const id = this.#producers.nextId
    this.#producers.add(
      new ProducerConnection({
        id,
        socket,
        intake,
        sendBufferBytesMax: () => limits.sendBufferBytesMax / (this.#isShortOfMemory ? shortagePart : 1),
        timers,
        observers,
        onClose: () => {
          const at = intake.disconnect(id)
          this.#producers.remove(id, at)
          observers.tell('disconnected', id, at)
        },
      }),
    )
    observers.tell('connected', id)
  }

  /**
   * Sends a text to a producer.
   *
   * @param now - when it is sent, in the world of the sender: nothing happens if the connection was closed later
   * @throws {HostRefusal} for an unknown or closed connection, or one that does not read
   */
  sendText(producer: ProducerId, text: string, now: Micros): void {
    this.#producers.sendText(producer, text, now)
  }

  /** While memory is short, less may wait for each connection; those for which more waits are closed. */
  setShortOfMemory(isShort: boolean): void {
    this.#isShortOfMemory = isShort
    for (const connection of this.#producers.all()) connection.checkBuffer()
  }

  /** Pings all connections; ends those that did not answer the last ping. */
  checkAlive(): void {
    for (const connection of this.#producers.all()) connection.checkAlive()
  }

  /** Stops reading from all of them, for good. */
  hold(): void {
    for (const connection of this.#producers.all()) connection.hold()
  }

  /** Says goodbye to all; a moment later, ends those that have not answered. */
  close(): void {
    for (const connection of this.#producers.all()) connection.close()
  }
}
