/** Sends two requests for each Event, and logs the answers. */
import { http, live, log } from '@slung/sdk-as/assembly'

export function call(): i32 {
  const events = live('COUNT:temp:[]')
  while (true) {
    events.next()
    const got = http.get('https://api.example.com/limit?unit=c')
    log.info(`GET ${got.ok} ${got.status} ${got.body}`)
    const put = http.put('https://api.example.com/état', '{"grüß":"°"}')
    log.info(`PUT ${put.ok} ${put.status} ${put.body}`)
  }
}
