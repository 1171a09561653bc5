import type { GuestModule } from '@slung/runtime'
import { expect, test } from 'vitest'
import { FailureTrace } from './failure-trace.ts'

const event = (value: number, ...tags: string[]) => ({ timestamp: 0, value, tags, producers: [] })

test('each group of a query has a curve, and what is written back is on that of the latest Event', () => {
  const trace = new FailureTrace({} as GuestModule)
  const poll = (at: number, handle: number, result: unknown) => ({ at, call: 'u_poll_handle', args: [handle], result })
  trace.add([
    { at: 0, call: 'u_query_live', args: ['AVG:temp:[room=*]'], result: 1 },
    { at: 0, call: 'u_query_live', args: ['MAX:temp:[]'], result: 2 },
    { at: 0, call: 'u_query_live', args: ['MAX:load:[]'], result: 3 },
    poll(1, 1, event(20, 'floor=1', 'room=a')),
    poll(2, 1, event(40, 'floor=1', 'room=b')),
    { at: 2, call: 'u_writeback_ws', args: [1, 'high'], result: null },
    poll(3, 1, event(21, 'floor=2', 'room=a')),
    poll(4, 2, event(40, 'room=b')),
    poll(5, 2, null),
  ])

  expect(trace.curves).toEqual([
    { query: 'AVG:temp:[room=*]', group: ['room=a'], at: [1, 3], values: [20, 21], marks: [] },
    { query: 'AVG:temp:[room=*]', group: ['room=b'], at: [2], values: [40], marks: [0] },
    { query: 'MAX:temp:[]', group: [], at: [4], values: [40], marks: [] },
  ])
})
