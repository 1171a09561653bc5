// One request for more memory than there may ever be.
export { allocate, deallocate } from './raw-abi'

export function call(): i32 {
  return new StaticArray<u8>(400_000_000).length
}
