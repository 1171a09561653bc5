/** Sends requests to addresses that are not on the web. */
import { http, live, log } from '@slung/sdk-as/assembly'

export function call(): i32 {
  const events = live('COUNT:temp:[]')
  while (true) {
    events.next()
    const urls = [
      'not a url',
      'file:///etc/hostname',
      'data:text/plain,hello',
      '/relative',
      'https://user:pw@a.example/',
    ]
    for (let i = 0; i < urls.length; i++) log.info(`${http.get(urls[i]).ok}`)
  }
}
