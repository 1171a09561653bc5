// Prints what the log functions of the SDKs print, and asks again and again for what it is refused.
import { print, regionFrom, u_query_live } from './raw-abi'
export { allocate, deallocate } from './raw-abi'

export function call(): i32 {
  print(1, 'debug: at debug\n')
  print(1, 'at info\n')
  print(2, 'warn: at warn\n')
  print(2, 'error: at error\n')
  print(2, 'at no level\n')
  for (let attempt = 0; attempt < 50; attempt++) u_query_live(regionFrom('AVG:temp'))
  return 0
}
