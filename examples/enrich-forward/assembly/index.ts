/**
 * Forwards every power reading to an ingest service, in kilowatts and with the site of its meter.
 *
 * The URL names the reading, so that sending it twice does no harm. A reading that the service cannot take now waits in a
 * bounded queue, and goes out before anything newer when the next Event comes. One that it will never take is dropped.
 */
import { Event, Json, LiveQuery, Query, env, http, log } from '@slung/sdk-as/assembly'

class Meter {
  constructor(
    readonly id: string,
    readonly site: string,
    /** What the meter shows for one kilowatt. Division by it leaves fewer stray digits than multiplication by 0.001. */
    readonly unitsPerKilowatt: f64,
  ) {}
}

const METERS: Meter[] = [
  new Meter('m-17', 'Bern', 1000),
  new Meter('m-18', 'Bern', 1000),
  // Behind a transformer with a ratio of 40 to 1.
  new Meter('m-40', 'Zug', 25),
]

class Reading {
  constructor(
    readonly url: string,
    readonly body: string,
  ) {}
}

export function call(): i32 {
  const ingest = env.get('INGEST') || 'https://ingest.example.com/meters'
  const waitingMax = env.number('WAITING_MAX', 100)

  const feeds: LiveQuery[] = []
  for (let i = 0; i < METERS.length; i++) {
    // A window of no width holds the newest sample alone, and its average is the reading.
    const feed = Query.avg('power')
      .tag('meter=' + METERS[i].id)
      .last('0s')
      .live()
    if (!feed.ok) return 1
    feeds.push(feed)
  }

  const waiting: Reading[] = []
  while (true) {
    for (let i = 0; i < feeds.length; i++) {
      const event = feeds[i].poll()
      if (event == null) continue
      waiting.push(readingOf(ingest, METERS[i], event))
      if (waiting.length > waitingMax) log.error('Dropped, too many are waiting: ' + waiting.shift().url)
      forward(waiting)
    }
  }
}

function readingOf(ingest: string, meter: Meter, event: Event): Reading {
  const url = `${ingest}/${meter.id}/readings/${event.timestamp}`
  const body = Json.object()
    .set('site', meter.site)
    .set('kilowatts', event.value / meter.unitsPerKilowatt)
    .set('at', event.timestamp)
  return new Reading(url, body.toString())
}

/** Sends what is waiting, oldest first, until all is sent or the service cannot take more now. */
function forward(waiting: Reading[]): void {
  while (waiting.length > 0) {
    const reading = waiting[0]
    const answer = http.put(reading.url, reading.body)
    if (!answer.ok) {
      if (isTemporary(answer.status)) return
      log.error(`Dropped, the service answered ${answer.status}: ${reading.url}`)
    }
    waiting.shift()
  }
}

/** Whether the same request may succeed later; 0 = no response. */
function isTemporary(status: u32): bool {
  return status == 0 || status == 429 || status >= 500
}
