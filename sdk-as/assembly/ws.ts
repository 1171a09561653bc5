/** Writebacks to producers: text frames on the connections that send samples. */
import { u_writeback_ws } from './abi'
import { lend, reclaim } from './region'
import { Result, resultOf } from './result'

/** Sends `text` to a producer, one of `Event.producers`. Refused when its connection is unknown or already closed. */
export function send(producer: u64, text: string): Result {
  const region = lend(text)
  const status = u_writeback_ws(producer, region)
  reclaim(region)
  return resultOf(status)
}

/** Sends `text` to each of the producers. Returns how many accepted it. */
export function broadcast(producers: u64[], text: string): i32 {
  const region = lend(text)
  let taken = 0
  for (let i = 0; i < producers.length; i++) {
    if (u_writeback_ws(unchecked(producers[i]), region) == 0) taken++
  }
  reclaim(region)
  return taken
}
