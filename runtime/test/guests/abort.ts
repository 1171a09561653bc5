// Throws, which AssemblyScript turns into a call to abort.
export { allocate, deallocate } from './raw-abi'

function decide(level: i32): void {
  if (level > 3) throw new Error('Pegel zu hoch: über 3 Ω')
}

export function call(): i32 {
  decide(4)
  return 0
}
