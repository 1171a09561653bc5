/** Live queries: a subscription that delivers one `Event` for each sample that changes the aggregate. */
import { u_free_handle, u_poll_handle, u_query_live } from './abi'
import { Event } from './event'
import { EventDecoder } from './event-decoder'
import { Region, deallocate, lend, reclaim } from './region'
import { Result, lastError, resultOf } from './result'

/** Subscribes to a query in text form, such as `AVG:temp:[sensor=1]:[1h]`. Check `ok`: a refused query never delivers. */
export function live(query: string): LiveQuery {
  const region = lend(query)
  const handle = u_query_live(region)
  reclaim(region)
  return new LiveQuery(handle)
}

/**
 * What a callback looks like in a language without closures: subclass it, keep your state in its fields, and pass an
 * instance to `LiveQuery.forEach`.
 */
export abstract class Handler {
  abstract onEvent(event: Event): void
}

/**
 * An open subscription. AssemblyScript has no destructors: `close` it when the workflow continues without it; the host
 * closes the rest when the workflow ends.
 */
export class LiveQuery {
  private decoder: EventDecoder = new EventDecoder()

  /** Use `live` or `Query.live`. @param handle - as the host gave it; 0 = refused */
  constructor(private handle: u64) {}

  /** Whether it can deliver: accepted, not closed, and no Event so far was malformed. */
  get ok(): bool {
    return this.handle != 0
  }

  /**
   * Why it is not `ok`, empty otherwise.
   *
   * Extension: using it makes the workflow import `slung.last_error`. Read it before the next host call, see
   * `lastError`.
   */
  get error(): string {
    if (this.handle != 0) return ''
    const fault = this.decoder.fault
    return fault.length != 0 ? 'cannot decode Event: ' + fault : lastError()
  }

  /** The next Event if one is ready, null otherwise: for several queries in one loop. */
  poll(): Event | null {
    if (this.handle == 0) return null
    const address = u_poll_handle(this.handle)
    if (address == 0) return null
    const region = changetype<Region>(address)
    const event = this.decoder.decode(region.offset, region.length)
    deallocate(address)
    if (event == null) this.close()
    return event
  }

  /**
   * Waits for the next Event. Null only when there will never be one: the query is not `ok`.
   *
   * It polls in a loop. The host parks the workflow inside a poll or advances its replay there, and ends the run there
   * too, so the loop costs nothing and needs no way out.
   */
  next(): Event | null {
    while (this.handle != 0) {
      const event = this.poll()
      if (event != null) return event
    }
    return null
  }

  /** Hands every Event to `handler`, until the query is no longer `ok`: closed by the handler, or never accepted. */
  forEach(handler: Handler): void {
    for (let event = this.next(); event != null; event = this.next()) handler.onEvent(event)
  }

  /** Ends the subscription; Events not yet polled are dropped. Refused when it was not `ok`. */
  close(): Result {
    const handle = this.handle
    this.handle = 0
    return resultOf(handle == 0 ? 1 : u_free_handle(handle))
  }
}
