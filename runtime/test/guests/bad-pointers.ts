// Passes addresses and Regions that reach outside the memory, and prints why each was refused.
import { fd_write, print, reason, regionOf, u_query_live, u_writeback_ws } from './raw-abi'
export { allocate, deallocate } from './raw-abi'

function report(filter: usize): void {
  print(1, u_query_live(filter).toString() + ' | ' + reason() + '\n')
}

export function call(): i32 {
  report(0)
  report(0xfffffff0)
  report((memory.size() << 16) - 11)
  report(regionOf(0xfffffff0, 4))
  // Offset and length that wrap around to a small number.
  report(regionOf(0xffffffff, 2))
  report(regionOf(16, 0xffffffff))
  report(regionOf(16, 4097))
  const notText = heap.alloc(2)
  store<u16>(notText, 0xfffe)
  report(regionOf(notText as u32, 2))
  print(1, u_writeback_ws(1, 4).toString() + ' | ' + (reason() == '' ? '' : 'refused') + '\n')
  print(1, 'errno ' + fd_write(1, 0xfffffff8, 2, 16).toString() + '\n')
  print(1, 'errno ' + fd_write(1, 16, 1 << 30, 16).toString() + '\n')
  print(1, 'errno ' + fd_write(9, 16, 1, 16).toString() + '\n')
  return 0
}
