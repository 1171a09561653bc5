// Counts its calls, and says hello through HTTP at every one of them.
import { regionFrom, u_writeback_http } from './raw-abi'
export { allocate, deallocate } from './raw-abi'

let calls = 0

export function call(): i32 {
  u_writeback_http(regionFrom('http://hello/'), regionFrom(calls.toString()), 1)
  return ++calls
}
