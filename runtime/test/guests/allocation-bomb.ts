// Allocates endlessly and frees nothing.
export { allocate, deallocate } from './raw-abi'

const kept = new Array<ArrayBuffer>()

export function call(): i32 {
  while (true) kept.push(new ArrayBuffer(1 << 20))
  return 0
}
