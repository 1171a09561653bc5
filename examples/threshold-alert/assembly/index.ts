/**
 * Alerts when the average temperature of a sensor passes a threshold, once per crossing.
 *
 * The producers whose samples are in the average get a text over their WebSocket, and a webhook gets JSON.
 * When the average falls back, the next crossing alerts again. A restart is no crossing: the state says what was before.
 */
import { Json, Query, env, http, log, state, ws } from '@slung/sdk-as/assembly'

export function call(): i32 {
  const sensor = env.get('SENSOR') || '1'
  const threshold = env.number('THRESHOLD', 100)
  const webhook = env.get('WEBHOOK') || 'https://hooks.example.com/alerts'

  const temperature = Query.avg('temp').tag(`sensor=${sensor}`).last('5m').live()
  if (!temperature.ok) return 1
  let isHigh = state.get('is_high') == 'true'
  while (true) {
    const event = temperature.next()!
    if (event.value > threshold == isHigh) continue
    isHigh = !isHigh
    state.set('is_high', isHigh)
    if (!isHigh) continue

    ws.broadcast(event.producers, 'ALERT: threshold exceeded')
    const alert = Json.object()
      .set('level', 'high')
      .set('series', 'temp')
      .set('value', event.value)
      .set('timestamp', event.timestamp)
    if (!http.post(webhook, alert.toString()).ok) log.error('The webhook did not take the alert')
  }
}
