// Declares the imports as the early host had them: every type i32.
@external("env", "u_query_live") declare function u_query_live(filter: usize): u32


@external("env", "u_poll_handle") declare function u_poll_handle(handle: u32): usize


@external("env", "u_write_event") declare function u_write_event(a: usize, b: usize, c: usize): u32
export { allocate, deallocate } from './raw-abi'

export function call(): i32 {
  return <i32>u_poll_handle(u_query_live(0)) + <i32>u_write_event(0, 0, 0)
}
