/** Several live queries in one loop: whichever has the next Event. */
import { Event } from './event'
import { LiveQuery } from './live'

/**
 * Waits for the next Event of any of several live queries.
 *
 *   const select = Select.of([temperature, pressure])
 *   while (true) {
 *     const event = select.next()!
 *     if (select.index == 0) …
 *   }
 *
 * It polls them by turns, and begins after the one that had the latest Event, so none has to wait for another. Events come
 * in the order in which their samples arrived, as long as nothing else polls these queries. One sample may make an Event
 * for several.
 */
export class Select {
  private latest: i32 = -1

  private constructor(private queries: LiveQuery[]) {}

  /** @param queries - kept, not copied; one that is not `ok` is passed over */
  static of(queries: LiveQuery[]): Select {
    return new Select(queries)
  }

  /** Whether every query can deliver. */
  get ok(): bool {
    for (let i = 0; i < this.queries.length; i++) if (!this.queries[i].ok) return false
    return true
  }

  /** Which query the latest Event is from: its place in the list, from 0. −1 before the first Event. */
  get index(): i32 {
    return this.latest
  }

  /** Waits for the next Event, as `LiveQuery.next` does. Null only when there will never be one: no query is `ok`. */
  next(): Event | null {
    const count = this.queries.length
    let at = this.latest
    let endedInARow = 0
    while (endedInARow < count) {
      at = at + 1 < count ? at + 1 : 0
      const query = this.queries[at]
      if (!query.ok) {
        endedInARow++
        continue
      }
      endedInARow = 0
      const event = query.poll()
      if (event == null) continue
      this.latest = at
      return event
    }
    return null
  }
}
