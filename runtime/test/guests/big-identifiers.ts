// Uses handles and producers beyond 2^53, whose nearest double is another number.
import { print, regionFrom, u_free_handle, u_poll_handle, u_query_live, u_writeback_ws } from './raw-abi'
export { allocate, deallocate } from './raw-abi'

export function call(): i32 {
  const handle = u_query_live(regionFrom('AVG:temp:[]'))
  const far: u64 = (1 << 53) + 1
  print(1, u_poll_handle(far).toString() + ' ' + u_poll_handle(handle | (1 << 63)).toString() + '\n')
  print(1, u_free_handle(far).toString() + ' ' + u_writeback_ws(far, regionFrom('lost')).toString() + '\n')
  return 0
}
