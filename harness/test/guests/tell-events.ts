/** Logs every Event of two queries as it is polled, with the time on the host's clock. */
import { Event, LiveQuery, live, log, now } from '@slung/sdk-as/assembly'

export function call(): i32 {
  const temperature = live('SUM:temp:[]')
  const load = live('MAX:load:[]:[10s]')
  while (true) {
    tell('temp', temperature)
    tell('load', load)
  }
}

function tell(name: string, query: LiveQuery): void {
  const event = query.poll()
  if (event == null) return
  log.info(
    `${now()} ${name} ${event.timestamp} ${<i64>event.value} [${event.tags.join(' ')}] [${event.producers.join(' ')}]`,
  )
}
