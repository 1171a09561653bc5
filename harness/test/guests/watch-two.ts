/**
 * Two live queries in one loop, with every kind of writeback: an alert when the average of `temp` passes 30, to its producers and
 * to the webhook that the sample's tag names, and the sum of `load` written back.
 */
import { Event, Json, http, live, writeEvent, ws } from '@slung/sdk-as/assembly'

let isHigh = false

export function call(): i32 {
  const temperature = live('AVG:temp:[]:[1m]')
  const load = live('SUM:load:[]')
  while (true) {
    const warm = temperature.poll()
    if (warm != null) watch(warm)
    const busy = load.poll()
    if (busy != null) writeEvent('load_sum', busy.timestamp, busy.value, ['source=load'])
  }
}

function watch(event: Event): void {
  const wasHigh = isHigh
  isHigh = event.value > 30
  if (isHigh == wasHigh) return
  const level = isHigh ? 'high' : 'normal'
  ws.broadcast(event.producers, level)
  const body = Json.object().set('level', level).set('value', event.value).set('at', event.timestamp)
  http.post(urlOf(event), body.toString())
}

function urlOf(event: Event): string {
  for (let i = 0; i < event.tags.length; i++) {
    if (event.tags[i].startsWith('hook=')) return event.tags[i].slice(5)
  }
  return ''
}
