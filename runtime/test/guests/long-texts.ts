// Answers each Event with a text of 64 KiB to producer 1, full of what begins like a secret, of another kind each time.
import { regionFrom, take, u_poll_handle, u_query_live, u_writeback_ws } from './raw-abi'
export { allocate, deallocate } from './raw-abi'

const beginnings = ['a=', 'a:', '?a=', 'token=', '-eyJ', 'temp 21.5 at sensor=1; ', '"a":1,', 'password ']

export function call(): i32 {
  const handle = u_query_live(regionFrom('SUM:worst:[]'))
  const texts = beginnings.map<string>((beginning) => beginning.repeat(65536 / beginning.length))
  let sent = 0
  while (true) {
    const event = u_poll_handle(handle)
    if (event == 0) continue
    take(event)
    u_writeback_ws(1, regionFrom(texts[sent++ % texts.length]))
  }
}
