// Makes every call that can be refused and prints the sentinel with the reason.
import {
  http_status,
  print,
  reason,
  regionFrom,
  u_free_handle,
  u_poll_handle,
  u_query_history,
  u_query_live,
  u_write_event,
  u_writeback_http,
  u_writeback_ws,
} from './raw-abi'
export { allocate, deallocate } from './raw-abi'

function report(sentinel: string): void {
  print(1, sentinel + ' | ' + reason() + '\n')
}

export function call(): i32 {
  report(u_query_live(regionFrom('?')).toString())
  report(u_query_history(regionFrom('?')).toString())
  report(u_poll_handle(5).toString())
  report(u_free_handle(5).toString())
  report(u_free_handle(u64.MAX_VALUE).toString())
  report(u_write_event(regionFrom('1'), regionFrom('2'), regionFrom('?')).toString())
  report(u_writeback_ws(9, regionFrom('hi')).toString())
  report(u_writeback_ws(u64.MAX_VALUE, regionFrom('hi')).toString())
  report(u_writeback_http(regionFrom('http://refused/'), regionFrom(''), 1).toString())
  report(http_status().toString())
  report(u_writeback_http(regionFrom('http://missing/'), regionFrom(''), 0).toString())
  report(http_status().toString())
  report(u_writeback_http(regionFrom('http://missing/'), regionFrom(''), 4).toString())
  report(http_status().toString())
  return 0
}
