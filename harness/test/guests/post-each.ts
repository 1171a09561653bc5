/** Posts every Event of two queries to a webhook, with the time before and after. */
import { Event, http, live, log, now } from '@slung/sdk-as/assembly'

export function call(): i32 {
  const temperature = live('SUM:temp:[]')
  const load = live('SUM:load:[]')
  while (true) {
    tell('temp', temperature.poll())
    tell('load', load.poll())
  }
}

function tell(name: string, event: Event | null): void {
  if (event == null) return
  const before = now()
  const answer = http.post('https://hooks.example.com/each', `{"${name}":${event.value}}`)
  log.info(`${name} ${<i64>event.value} asked ${before} answered ${now()} ${answer.status}`)
}
