/** How many queries run at the same time: in all, and for one address. */
import type { IncomingMessage } from 'node:http'
import { grouped } from '../../engine/text/words.ts'
import type { LimitsConfig } from '../config/runtime-config.ts'
import { clientAddress } from './client-address.ts'

export class QueryPlaces {
  readonly #limits: Pick<LimitsConfig, 'queriesMax' | 'addressQueriesMax'>
  readonly #running = new Map<string, number>()
  #runningCount = 0

  constructor(limits: Pick<LimitsConfig, 'queriesMax' | 'addressQueriesMax'>) {
    this.#limits = limits
  }

  /**
   * Runs a query, if there is a place for it.
   *
   * @param refuse - makes the answer when there is none, from the reason
   */
  async run<Answer>(
    { socket }: Pick<IncomingMessage, 'socket'>,
    query: () => Promise<Answer>,
    refuse: (reason: string) => Answer,
  ): Promise<Answer> {
    const address = clientAddress(socket.remoteAddress)
    const reason = this.#reasonAgainst(address)
    if (reason !== null) return refuse(reason)
    this.#count(address, 1)
    try {
      return await query()
    } finally {
      this.#count(address, -1)
    }
  }

  #reasonAgainst(address: string): string | null {
    const { queriesMax, addressQueriesMax } = this.#limits
    const own = this.#running.get(address) ?? 0
    if (own >= addressQueriesMax) {
      return (
        `too many queries of ${address}: ${grouped(own)} are running, which is the limit; ` +
        'wait for one to end, or raise address_queries under [limits]'
      )
    }
    if (this.#runningCount >= queriesMax) {
      return (
        `too many queries: ${grouped(this.#runningCount)} are running, which is the limit; ` +
        'wait for one to end, or raise queries under [limits]'
      )
    }
    return null
  }

  #count(address: string, change: 1 | -1): void {
    this.#runningCount += change
    const own = (this.#running.get(address) ?? 0) + change
    if (own === 0) this.#running.delete(address)
    else this.#running.set(address, own)
  }
}
