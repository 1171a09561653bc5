// Waits for a sample of `go`, opens windows over `temp` until it is refused, says how many it has, and follows them.
import { print, reason, regionFrom, u_poll_handle, u_query_live } from './raw-abi'
export { allocate, deallocate } from './raw-abi'

export function call(): i32 {
  const go = u_query_live(regionFrom('COUNT:go:[]'))
  while (u_poll_handle(go) == 0) {}
  const handles: u64[] = []
  while (true) {
    // No two are equal.
    const handle = u_query_live(regionFrom('AVG:temp:[]:[' + (handles.length + 1).toString() + 'd]'))
    if (handle == 0) break
    handles.push(handle)
  }
  print(1, handles.length.toString() + ' windows; ' + reason() + '\n')
  while (true) {
    for (let index = 0; index < handles.length; index++) u_poll_handle(handles[index])
  }
}
