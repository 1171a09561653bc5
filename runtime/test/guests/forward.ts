// Forwards every Event of one query to producer 7, word for word, and ends when there are no more.
import { print, regionFrom, take, u_free_handle, u_poll_handle, u_query_live, u_writeback_ws } from './raw-abi'
export { allocate, deallocate } from './raw-abi'

export function call(): i32 {
  const handle = u_query_live(regionFrom('AVG:größe:[ort=Zürich]'))
  print(1, 'handle ' + handle.toString() + '\n')
  for (let event = u_poll_handle(handle); event != 0; event = u_poll_handle(handle)) {
    u_writeback_ws(7, regionFrom(take(event)))
  }
  return <i32>u_free_handle(handle)
}
