// Opens all handles that it can over the same window, says how many it has, and follows one.
import { print, regionFrom, u_poll_handle, u_query_live } from './raw-abi'
export { allocate, deallocate } from './raw-abi'

export function call(): i32 {
  let count = 0
  let last: u64 = 0
  while (true) {
    const handle = u_query_live(regionFrom((count & 1 ? 'AVG' : 'MIN') + ':temp:[]:[36500d]'))
    if (handle == 0) break
    last = handle
    count++
  }
  print(1, count.toString() + ' windows\n')
  while (true) u_poll_handle(last)
}
