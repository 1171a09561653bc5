// Subscribes twice and polls only the second handle.
import { print, regionFrom, take, u_poll_handle, u_query_live } from './raw-abi'
export { allocate, deallocate } from './raw-abi'

export function call(): i32 {
  u_query_live(regionFrom('COUNT:temp:[]'))
  const load = u_query_live(regionFrom('COUNT:load:[]'))
  while (true) {
    const event = u_poll_handle(load)
    if (event != 0) print(1, take(event) + '\n')
  }
}
