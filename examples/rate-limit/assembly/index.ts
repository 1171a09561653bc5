/**
 * Tells a webhook when there are too many errors, at most once in ten minutes, and how often it has held back since.
 *
 * A period begins when the webhook has taken an alert, not when one was tried: after a failure, the next Event tries
 * again.
 */
import { Json, MINUTE, Query, http, log } from '@slung/sdk-as/assembly'

const ERRORS_MAX: f64 = 3
const PERIOD_MICROS: i64 = 10 * MINUTE
const WEBHOOK = 'https://hooks.example.com/errors'

export function call(): i32 {
  const errors = Query.count('errors').last('5m').live()
  if (!errors.ok) return 1
  let time = i64.MIN_VALUE
  let periodEnd = i64.MIN_VALUE
  let suppressed = 0
  while (true) {
    const event = errors.next()!
    // That of the newest sample: a late one does not turn it back, or the period would end too early.
    time = max(time, event.timestamp)
    if (event.value <= ERRORS_MAX) continue
    if (time < periodEnd) {
      suppressed++
      continue
    }

    const alert = Json.object().set('errors', event.value).set('suppressed', suppressed).set('timestamp', time)
    if (http.post(WEBHOOK, alert.toString()).ok) {
      periodEnd = time + PERIOD_MICROS
      suppressed = 0
    } else {
      log.warn('The webhook did not take the alert; the next Event tries again')
    }
  }
}
