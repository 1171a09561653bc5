// Posts each Event to a server, whose port a test writes over the zeros, and prints the answer.
import { print, regionFrom, take, u_poll_handle, u_query_live, u_writeback_http } from './raw-abi'
export { allocate, deallocate } from './raw-abi'

export function call(): i32 {
  const handle = u_query_live(regionFrom('SUM:temp:[]'))
  while (true) {
    const event = u_poll_handle(handle)
    if (event == 0) continue
    const answer = u_writeback_http(regionFrom('http://127.0.0.1:00000/'), regionFrom(take(event)), 1)
    print(1, 'answer: ' + (answer == 0 ? 'none' : take(answer)) + '\n')
  }
}
