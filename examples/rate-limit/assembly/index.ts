/**
 * Tells a webhook when there are too many errors, at most once in a period, and how often it has held back since.
 *
 * A period begins when the webhook has taken an alert, not when one was tried: after a failure, the next Event tries
 * again. It is in the state, with what was held back, so a restart does not end it.
 */
import { Json, MINUTE, Query, env, http, log, state } from '@slung/sdk-as/assembly'

export function call(): i32 {
  const errorsMax = env.number('ERRORS_MAX', 3)
  const periodMicros = <i64>(env.number('PERIOD_MINUTES', 10) * <f64>MINUTE)
  const webhook = env.get('WEBHOOK') || 'https://hooks.example.com/errors'

  const errors = Query.count('errors').last('5m').live()
  if (!errors.ok) return 1
  let time = <i64>state.number('time', -Infinity)
  let periodEnd = <i64>state.number('period_end', -Infinity)
  let suppressed = <i32>state.number('suppressed', 0)
  while (true) {
    const event = errors.next()!
    // That of the newest sample: a late one does not turn it back, or the period would end too early.
    if (event.timestamp > time) {
      time = event.timestamp
      state.set('time', time)
    }
    if (event.value <= errorsMax) continue
    if (time < periodEnd) {
      state.set('suppressed', ++suppressed)
      continue
    }

    const alert = Json.object().set('errors', event.value).set('suppressed', suppressed).set('timestamp', time)
    if (http.post(webhook, alert.toString()).ok) {
      periodEnd = time + periodMicros
      suppressed = 0
      state.set('period_end', periodEnd)
      state.set('suppressed', suppressed)
    } else {
      log.warn('The webhook did not take the alert; the next Event tries again')
    }
  }
}
