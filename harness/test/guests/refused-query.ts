/** Subscribes with an invalid query. */
import { live } from '@slung/sdk-as/assembly'

export function call(): i32 {
  return live('AVVG:temp:[]').ok ? 0 : 1
}
