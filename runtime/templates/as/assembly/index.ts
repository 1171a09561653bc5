/**
 * Alerts when the average temperature of the last minute passes 80 °C, and gives the all-clear when it is back below 70 °C.
 *
 * In between nothing changes: at a single threshold, an average that wavers around it would alert again and again.
 */
import { Json, Query, http, log, ws } from '@slung/sdk-as/assembly'

const ALERT_ABOVE: f64 = 80
const CLEAR_BELOW: f64 = 70
const WEBHOOK = 'https://hooks.example.com/alerts'

export function call(): i32 {
  // AVG:temp:[]:[1m]
  const temperature = Query.avg('temp').last('1m').live()
  if (!temperature.ok) return 1
  let isHigh = false
  while (true) {
    const event = temperature.next()!
    const changes = isHigh ? event.value < CLEAR_BELOW : event.value > ALERT_ABOVE
    if (!changes) continue
    isHigh = !isHigh
    const level = isHigh ? 'high' : 'normal'

    ws.broadcast(event.producers, 'temperature is ' + level)
    const body = Json.object().set('level', level).set('average', event.value).set('at', event.timestamp)
    if (!http.post(WEBHOOK, body.toString()).ok) log.error('the webhook did not take: ' + level)
  }
}
