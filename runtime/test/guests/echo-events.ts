// Sends every Event of one query to producer 1, word for word, forever.
import { regionFrom, take, u_poll_handle, u_query_live, u_writeback_ws } from './raw-abi'
export { allocate, deallocate } from './raw-abi'

export function call(): i32 {
  const handle = u_query_live(regionFrom('SUM:temp:[]'))
  while (true) {
    const event = u_poll_handle(handle)
    if (event != 0) u_writeback_ws(1, regionFrom(take(event)))
  }
}
