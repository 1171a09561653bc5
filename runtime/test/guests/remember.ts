// Counts Events in its state, and prints how many there were before each. The value 13 makes it trap after it has set the
// state, 14 end with 1, 15 end with 0, 16 fill the state, 17 delete the count.
import { last_error, print, regionFrom, regionOf, state_delete, state_get, state_set, take } from './raw-abi'
import { u_poll_handle, u_query_live } from './raw-abi'
export { allocate, deallocate } from './raw-abi'

export function call(): i32 {
  const handle = u_query_live(regionFrom('MAX:temp:[]:[0s]'))
  while (true) {
    const event = u_poll_handle(handle)
    if (event == 0) continue
    const json = take(event)
    const found = state_get(regionFrom('count'))
    const before = found == 0 ? 'none' : take(found)
    print(1, before + '\n')
    state_set(regionFrom('count'), regionFrom((found == 0 ? 1 : I32.parseInt(before) + 1).toString()))
    if (json.includes('"value":13,')) unreachable()
    if (json.includes('"value":14,')) return 1
    if (json.includes('"value":15,')) return 0
    if (json.includes('"value":16,')) {
      const size = 65_000
      print(1, 'fill ' + state_set(regionFrom('large'), regionOf(<u32>heap.alloc(size), size)).toString() + '\n')
      const refused = state_set(regionFrom('more'), regionOf(<u32>heap.alloc(600), 600))
      print(1, 'more ' + refused.toString() + ' ' + take(last_error()) + '\n')
      print(1, 'no key ' + state_get(regionFrom('')).toString() + ' ' + take(last_error()) + '\n')
    }
    if (json.includes('"value":17,')) print(1, 'delete ' + state_delete(regionFrom('count')).toString() + '\n')
  }
}
