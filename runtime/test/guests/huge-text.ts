// Sends a text of 64 MiB, much longer than any frame may be.
import { print, reason, regionOf, u_writeback_ws } from './raw-abi'
export { allocate, deallocate } from './raw-abi'

export function call(): i32 {
  const byteCount: u32 = 64 << 20
  const bytes = heap.alloc(byteCount)
  memory.fill(bytes, 0x78, byteCount)
  const sentinel = u_writeback_ws(1, regionOf(bytes as u32, byteCount))
  print(1, sentinel.toString() + ' | ' + reason() + '\n')
  return 0
}
