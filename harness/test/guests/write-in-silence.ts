/** Writes into the series it watches whenever a poll finds nothing, and logs who contributed to each Event. */
import { live, log, now, writeEvent } from '@slung/sdk-as/assembly'

export function call(): i32 {
  const events = live('COUNT:temp:[]')
  while (true) {
    const event = events.poll()
    if (event == null) writeEvent('temp', now(), 0, [])
    else log.info(`${<i64>event.value} [${event.producers.join(' ')}]`)
  }
}
