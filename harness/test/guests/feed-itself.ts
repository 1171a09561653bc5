/** Writes into the series it watches. */
import { live, writeEvent } from '@slung/sdk-as/assembly'

export function call(): i32 {
  const events = live('COUNT:temp:[]')
  while (true) {
    const event = events.next()!
    writeEvent('temp', event.timestamp, event.value, [])
  }
}
