/** Subscribes twice and never polls one of the two. */
import { live } from '@slung/sdk-as/assembly'

export function call(): i32 {
  const polled = live('SUM:temp:[]')
  live('SUM:temp:[]')
  while (true) polled.poll()
}
