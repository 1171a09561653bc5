// Leaves through proc_exit, with an unfinished line behind it.
import { print, proc_exit } from './raw-abi'
export { allocate, deallocate } from './raw-abi'

export function call(): i32 {
  print(1, 'first line\r\nno line end')
  print(2, 'on the other stream')
  proc_exit(42)
  return 0
}
