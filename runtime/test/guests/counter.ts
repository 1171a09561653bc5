// Counts its calls, and says hello over HTTP at each.
import { regionFrom, u_writeback_http } from './raw-abi'
export { allocate, deallocate } from './raw-abi'

let calls = 0

export function call(): i32 {
  u_writeback_http(regionFrom('http://hello/'), regionFrom(calls.toString()), 1)
  return ++calls
}
