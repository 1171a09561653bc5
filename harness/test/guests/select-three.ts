/** Logs the Events of three queries in the order in which a Select returns them. */
import { Select, live, log } from '@slung/sdk-as/assembly'

export function call(): i32 {
  const select = Select.of([live('SUM:a:[]'), live('SUM:b:[]'), live('COUNT:a,c:[]:[1h]')])
  if (!select.ok) return 1
  while (true) {
    const event = select.next()!
    log.info(`${event.timestamp} ${select.index} ${event.value}`)
  }
}
