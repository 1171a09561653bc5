/** Posts the value of every Event to a webhook, and does nothing else: what one writeback costs. */
import { http, live } from '@slung/sdk-as/assembly'

export function call(): i32 {
  const events = live('SUM:temp:[]')
  for (let event = events.next(); event != null; event = events.next()) {
    http.post('https://hooks.example.com/each', event.value.toString())
  }
  return 1
}
