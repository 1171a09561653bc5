// Subscribes, says so, and then spins without polling.
import { print, regionFrom, u_query_live } from './raw-abi'
export { allocate, deallocate } from './raw-abi'

let turns: u64 = 0

export function call(): i32 {
  u_query_live(regionFrom('AVG:temp:[]'))
  print(1, 'about to spin\n')
  while (true) turns++
  return 0
}
