/** Writes each value of `temp` back under another name, and sends the result of a history query to the first producer. */
import { history, live, writeEvent, ws } from '@slung/sdk-as/assembly'

export function call(): i32 {
  const events = live('MAX:temp:[]')
  while (true) {
    const event = events.next()!
    writeEvent('copy', event.timestamp, event.value, ['b=2', 'a=1'])
    const copies = history('COUNT:copy:[a=1]')
    if (event.producers.length > 0) ws.send(event.producers[0], `${<i64>copies.value} copies`)
  }
}
