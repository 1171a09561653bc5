// Traps below two functions of its own.
export { allocate, deallocate } from './raw-abi'

function inner(depth: i32): i32 {
  if (depth == 0) unreachable()
  return inner(depth - 1) + 1
}

function outer(): i32 {
  return inner(2) * 2
}

export function call(): i32 {
  return outer()
}
