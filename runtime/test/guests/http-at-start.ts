// Sends a request at the top level, where nothing can wait.
import { regionFrom, u_writeback_http } from './raw-abi'
export { allocate, deallocate } from './raw-abi'

const answer = u_writeback_http(regionFrom('http://echo/'), regionFrom(''), 0)

export function call(): i32 {
  return <i32>answer
}
