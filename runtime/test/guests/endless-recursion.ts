// Recurses endlessly; every frame keeps a managed object, so AssemblyScript's own stack overflows first.
export { allocate, deallocate } from './raw-abi'

function descend(depth: i32): i32 {
  const values = new Array<i32>(1)
  values[0] = depth
  return descend(depth + 1) + values[0]
}

export function call(): i32 {
  return descend(0)
}
