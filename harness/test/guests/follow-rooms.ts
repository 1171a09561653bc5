/** Logs the average of each room, followed with one subscription, and what it is told about history. */
import { Query, log } from '@slung/sdk-as/assembly'

export function call(): i32 {
  const rooms = Query.avg('co2').groupBy('room')
  const past = rooms.history()
  log.info(`${past.ok} ${past.error}`)
  const live = rooms.last('10s').live()
  while (true) {
    const event = live.next()!
    log.info(`${event.tag('room')!} ${event.value} [${event.producers.join(' ')}]`)
  }
}
