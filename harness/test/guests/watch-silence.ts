/** Notifies the webhook once when no Event has come for five minutes, and logs every poll that finds nothing. */
import { http, live, log, now } from '@slung/sdk-as/assembly'

const PATIENCE: i64 = 300_000_000

export function call(): i32 {
  const events = live('COUNT:temp:[]')
  let lastSeen = now()
  let isTold = false
  while (true) {
    const event = events.poll()
    if (event != null) {
      lastSeen = event.timestamp
      isTold = false
      continue
    }
    log.info(`nothing at ${now()}`)
    if (isTold || now() - lastSeen < PATIENCE) continue
    isTold = true
    http.post('https://hooks.example.com/silent', `{"since":${lastSeen}}`)
  }
}
