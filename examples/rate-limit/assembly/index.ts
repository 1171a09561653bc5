/**
 * Tells a webhook when there are too many errors, at most once in a period, and how often it has held back since.
 *
 * A period begins when the webhook has taken an alert, not when one was tried: after a failure, the next Event tries
 * again.
 */
import { Json, MINUTE, Query, env, http, log } from '@slung/sdk-as/assembly'

export function call(): i32 {
  const errorsMax = env.number('ERRORS_MAX', 3)
  const periodMicros = <i64>(env.number('PERIOD_MINUTES', 10) * <f64>MINUTE)
  const webhook = env.get('WEBHOOK') || 'https://hooks.example.com/errors'

  const errors = Query.count('errors').last('5m').live()
  if (!errors.ok) return 1
  let time = i64.MIN_VALUE
  let periodEnd = i64.MIN_VALUE
  let suppressed = 0
  while (true) {
    const event = errors.next()!
    // That of the newest sample: a late one does not turn it back, or the period would end too early.
    time = max(time, event.timestamp)
    if (event.value <= errorsMax) continue
    if (time < periodEnd) {
      suppressed++
      continue
    }

    const alert = Json.object().set('errors', event.value).set('suppressed', suppressed).set('timestamp', time)
    if (http.post(webhook, alert.toString()).ok) {
      periodEnd = time + periodMicros
      suppressed = 0
    } else {
      log.warn('The webhook did not take the alert; the next Event tries again')
    }
  }
}
