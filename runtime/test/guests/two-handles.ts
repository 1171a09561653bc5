// Polls two handles in turn and prints what it gets.
import { print, regionFrom, take, u_poll_handle, u_query_live } from './raw-abi'
export { allocate, deallocate } from './raw-abi'

export function call(): i32 {
  const temp = u_query_live(regionFrom('COUNT:temp:[]'))
  const load = u_query_live(regionFrom('COUNT:load:[]'))
  while (true) {
    poll('temp', temp)
    poll('load', load)
  }
}

function poll(name: string, handle: u64): void {
  const event = u_poll_handle(handle)
  if (event != 0) print(1, name + ' ' + take(event) + '\n')
}
