// Its allocate returns an address outside its memory, or 0 for larger requests.
import { regionFrom, u_poll_handle, u_query_live } from './raw-abi'
export { deallocate } from './raw-abi'

export function allocate(byteCount: i32): usize {
  return byteCount > 100 ? 0 : 0xffff0000
}

export function call(): i32 {
  return <i32>u_poll_handle(u_query_live(regionFrom('AVG:temp:[]')))
}
