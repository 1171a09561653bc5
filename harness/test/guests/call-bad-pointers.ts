/** Passes the host every kind of dangling pointer, then logs the results. */
import { live, log } from '@slung/sdk-as/assembly'


@external('env', 'u_query_live')
declare function u_query_live(filter: usize): u64


@external('env', 'u_writeback_http')
declare function u_writeback_http(url: usize, data: usize, method: u32): usize

export function call(): i32 {
  const region = heap.alloc(12)
  store<u32>(region, 0xfffffff0)
  store<u32>(region, 0x40, 8)
  log.info(`${u_query_live(region)} ${u_query_live(0xfffffffc)} ${u_writeback_http(region, region, 1)}`)
  const events = live('COUNT:temp:[]')
  while (true) events.next()
}
