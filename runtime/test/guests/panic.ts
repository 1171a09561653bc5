// Panics as a Rust guest does: a message on stderr, then a trap.
import { print } from './raw-abi'
export { allocate, deallocate } from './raw-abi'

export function call(): i32 {
  print(2, "thread 'main' panicked at src/lib.rs:5:82:\n")
  print(2, 'index out of bounds: the len is 3 but the index is 7\n')
  print(2, 'note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace')
  unreachable()
  return 2
}
