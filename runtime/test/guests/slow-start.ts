// Asks a server, whose port a test writes over the zeros, before it subscribes; then forwards each Event to producer 1.
import { regionFrom, take, u_poll_handle, u_query_live, u_writeback_http, u_writeback_ws } from './raw-abi'
export { allocate, deallocate } from './raw-abi'

export function call(): i32 {
  u_writeback_http(regionFrom('http://127.0.0.1:00000/'), regionFrom(''), 0)
  const handle = u_query_live(regionFrom('SUM:temp:[]'))
  while (true) {
    const event = u_poll_handle(handle)
    if (event != 0) u_writeback_ws(1, regionFrom(take(event)))
  }
}
