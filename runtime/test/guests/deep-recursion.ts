// Recurses deeper than the engine's stack, without using AssemblyScript's own.
export { allocate, deallocate } from './raw-abi'

function descend(depth: i32): i32 {
  return depth == i32.MAX_VALUE ? 0 : descend(depth + 1) + depth
}

export function call(): i32 {
  return descend(0)
}
