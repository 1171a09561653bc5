/** Warns its producers and a webhook when the minute's average passes 30, and clears when it falls below. */
import { Event, Json, http, live, log, ws } from '@slung/sdk-as/assembly'

let isHigh = false

export function call(): i32 {
  const average = live('AVG:temp:[]:[1m]')
  for (let event = average.next(); event != null; event = average.next()) watch(event)
  return 1
}

function watch(event: Event): void {
  const wasHigh = isHigh
  isHigh = event.value > 30
  if (isHigh != wasHigh) warn(event, isHigh ? 'high' : 'normal')
}

function warn(event: Event, level: string): void {
  ws.broadcast(event.producers, level)
  const body = Json.object().set('level', level).set('value', event.value)
  const answer = http.post('https://hooks.example.com/alerts', body.toString())
  if (!answer.ok) log.error(`the webhook did not take it: ${answer.error}`)
}
