/**
 * The entry point of the AssemblyScript SDK. A workflow exports one function, `call`; this is a complete one:
 *
 *   import { Query, ws } from '@slung/sdk-as/assembly'
 *
 *   export function call(): i32 {
 *     const temperature = Query.avg('temp').tag('sensor=1').live()
 *     if (!temperature.ok) return 1
 *     while (true) {
 *       const event = temperature.next()!
 *       if (event.value > 100) ws.broadcast(event.producers, 'ALERT: threshold exceeded')
 *     }
 *   }
 */
import * as env from './env'
import * as http from './http'
import * as log from './log'
import * as state from './state'
import * as ws from './ws'

export { env, http, log, state, ws }
export { Event } from './event'
export { HistoryResult, history } from './history'
export { HttpResult } from './http'
export { Json } from './json'
export { Handler, LiveQuery, live } from './live'
export { Duration, Query } from './query'
export { Result, lastError } from './result'
export { Select } from './select'
export { DAY, HOUR, MILLISECOND, MINUTE, SECOND, WEEK, now } from './time'
export { writeEvent } from './write'
