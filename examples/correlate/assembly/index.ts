/**
 * Reports a blocked pump when two streams together show it: it draws power, and yet it moves little.
 *
 * Either alone means nothing: a pump that is off moves nothing either, and one that works hard draws power, too.
 * Together they mean something as long as they cover the same time: a stream that has stopped is no evidence at all.
 *
 * The state keeps the last readings and the last report, so a restarted workflow judges as it did before.
 */
import { Event, Json, MINUTE, Query, Select, env, http, log, state, writeEvent } from '@slung/sdk-as/assembly'

const APART_MAX_MICROS: i64 = MINUTE

class Settings {
  readonly pump: string = env.get('PUMP') || '7'
  readonly workingPowerWatts: f64 = env.number('WORKING_POWER_WATTS', 800)
  readonly blockedFlowLitresPerMinute: f64 = env.number('BLOCKED_FLOW_LITRES_PER_MINUTE', 5)
  readonly webhook: string = env.get('WEBHOOK') || 'https://hooks.example.com/pumps'
}

export function call(): i32 {
  const settings = new Settings()
  const tag = `pump=${settings.pump}`
  const streams = Select.of([
    Query.avg('flow').tag(tag).last('1m').live(),
    Query.avg('power').tag(tag).last('1m').live(),
  ])
  if (!streams.ok) return 1
  const flow = new Reading('flow')
  const power = new Reading('power')
  let isBlocked = state.get('is_blocked') == 'true'
  while (true) {
    const event = streams.next()!
    const reading = streams.index == 0 ? flow : power
    reading.take(event)
    isBlocked = judge(settings, isBlocked, flow, power)
  }
}

/** The latest average of a stream, and the newest time in it. */
class Reading {
  /** Before the first Event it is neither above nor below anything. */
  value: f64
  timestamp: i64

  constructor(private name: string) {
    this.value = state.number(name, NaN)
    this.timestamp = <i64>state.number(`${name}_timestamp`, 0)
  }

  take(event: Event): void {
    this.value = event.value
    // A late sample changes the average of the window; it does not make the window older.
    this.timestamp = max(this.timestamp, event.timestamp)
    state.set(this.name, this.value)
    state.set(`${this.name}_timestamp`, this.timestamp)
  }
}

/** Whether the pump is blocked, by what the streams say now. Reports a change. */
function judge(settings: Settings, wasBlocked: bool, flow: Reading, power: Reading): bool {
  if (abs(flow.timestamp - power.timestamp) > APART_MAX_MICROS) return wasBlocked
  const isBlocked = power.value > settings.workingPowerWatts && flow.value < settings.blockedFlowLitresPerMinute
  if (isBlocked != wasBlocked) {
    state.set('is_blocked', isBlocked)
    tell(settings, isBlocked, flow, power)
  }
  return isBlocked
}

function tell(settings: Settings, isBlocked: bool, flow: Reading, power: Reading): void {
  const timestamp = max(flow.timestamp, power.timestamp)
  // The sample comes first: other workflows need not wait until the webhook has answered.
  const written = writeEvent('pump_blocked', timestamp, isBlocked ? 1 : 0, [`pump=${settings.pump}`])
  if (!written.ok) log.error('The sample was not stored')
  const report = Json.object()
    .set('pump', settings.pump)
    .set('state', isBlocked ? 'blocked' : 'running')
    .set('flow', flow.value)
    .set('power', power.value)
    .set('timestamp', timestamp)
  if (!http.post(settings.webhook, report.toString()).ok) log.error('The webhook did not take the state')
}
