// Fails at the top level.
export { allocate, deallocate } from './raw-abi'

const limits = new StaticArray<i32>(1)
const broken = limits[limits.length]

export function call(): i32 {
  return broken
}
