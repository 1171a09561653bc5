// Waits for an Event, prints six megabytes, line by line, and ends.
import { regionFrom, u_poll_handle, u_query_live } from './raw-abi'
export { allocate, deallocate } from './raw-abi'

export function call(): i32 {
  const handle = u_query_live(regionFrom('COUNT:go:[]'))
  while (u_poll_handle(handle) == 0) {}
  const filling = 'x'.repeat(60_000)
  for (let line = 1; line <= 100; line++) console.log(line.toString() + ' ' + filling)
  return 0
}
