// Writes a sample for each Event: how many it has had, with those of earlier runs.
import { Query, state, writeEvent } from '@slung/sdk-as/assembly'

export function call(): i32 {
  const events = Query.count('temp').last('0s').live()
  while (true) {
    const event = events.next()!
    const count = state.number('count', 0) + 1
    state.set('count', count)
    writeEvent('counted', event.timestamp, count, [])
  }
}
