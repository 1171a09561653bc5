/** Watches a machine over a rolling window: one POST when it cools down as failing machines do, one when it recovers. */
import { Duration, Json, Query, http } from '@slung/sdk-as/assembly'

const FAILING_BELOW: f64 = 55
const RECOVERED_ABOVE: f64 = 60

export function call(): i32 {
  const temperature = Query.avg('temperature').tag('machine=1').last(Duration.hours(12)).live()
  if (!temperature.ok) return 1
  let isFailing = false
  while (true) {
    const event = temperature.next()!
    if (isFailing ? event.value <= RECOVERED_ABOVE : event.value >= FAILING_BELOW) continue
    isFailing = !isFailing
    const body = Json.object()
      .set('state', isFailing ? 'failing' : 'recovered')
      .set('average', event.value)
    http.post('https://maintenance.example.com/incidents', body.toString())
  }
}
