// Frees its handle three times and polls it twice afterwards.
import { print, reason, regionFrom, u_free_handle, u_poll_handle, u_query_live } from './raw-abi'
export { allocate, deallocate } from './raw-abi'

export function call(): i32 {
  const handle = u_query_live(regionFrom('AVG:temp:[]'))
  print(1, 'freed ' + u_free_handle(handle).toString() + '\n')
  print(1, 'freed ' + u_free_handle(handle).toString() + ' | ' + reason() + '\n')
  u_free_handle(handle)
  u_poll_handle(handle)
  print(1, 'polled ' + u_poll_handle(handle).toString() + ' | ' + reason() + '\n')
  return 0
}
