// Uses what AssemblyScript's own library imports.
export { allocate, deallocate } from './raw-abi'

export function call(): i32 {
  console.log('zwei\nZeilen: ä😀')
  console.error('to stderr')
  trace('values', 3, 1, 2.5, -3)
  const roll = Math.random()
  console.log(roll >= 0 && roll < 1 ? 'random' : 'not random')
  console.log(Date.now().toString())
  return 0
}
