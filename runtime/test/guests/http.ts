// Sends a request of each method and prints what came back.
import { http_status, print, regionFrom, take, u_writeback_http } from './raw-abi'
export { allocate, deallocate } from './raw-abi'

export function call(): i32 {
  for (let method: u32 = 0; method < 4; method++) {
    const answer = u_writeback_http(regionFrom('http://echo/'), regionFrom('täglich'), method)
    print(1, (answer == 0 ? 'nothing' : take(answer)) + ' ' + http_status().toString() + '\n')
  }
  return 0
}
