/** Computes forever after its first Event. */
import { live } from '@slung/sdk-as/assembly'

export function call(): i32 {
  live('COUNT:temp:[]').next()
  let turns: u64 = 0
  while (true) turns++
}
