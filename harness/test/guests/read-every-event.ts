/** Reads every Event of an hourly average and sends nothing: what a replay costs. */
import { live } from '@slung/sdk-as/assembly'

export function call(): i32 {
  const average = live('AVG:temp:[sensor=1]:[1h]')
  if (!average.ok) return 1
  let sum: f64 = 0
  while (true) sum += average.next()!.value
}
