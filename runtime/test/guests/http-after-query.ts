// Subscribes, and then waits for an answer.
import { regionFrom, u_query_live, u_writeback_http } from './raw-abi'
export { allocate, deallocate } from './raw-abi'

export function call(): i32 {
  u_query_live(regionFrom('AVG:temp:[]'))
  return <i32>u_writeback_http(regionFrom('http://hello/'), regionFrom(''), 0)
}
