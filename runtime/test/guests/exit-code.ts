// Ends through proc_exit, after printing an unfinished line.
import { print, proc_exit } from './raw-abi'
export { allocate, deallocate } from './raw-abi'

export function call(): i32 {
  print(1, 'first line\r\nno line end')
  print(2, 'on the other stream')
  proc_exit(42)
  return 0
}
