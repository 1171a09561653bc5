/**
 * A dead-man switch: says once when a device has been silent for a while (`PATIENCE_MINUTES`), and once when it is back.
 *
 * A device is heard from when the workflow polls one of its samples, whatever the timestamp: one whose clock is wrong,
 * or whose samples come late, is alive. That is why the clock is `now()` here, and not that of the Events.
 *
 * The state has what is known of each device, so one that falls silent while the workflow starts again is missed, too.
 */
import { Json, MINUTE, Query, env, http, log, now, state } from '@slung/sdk-as/assembly'

export function call(): i32 {
  const patienceMicros = <i64>(env.number('PATIENCE_MINUTES', 5) * <f64>MINUTE)
  const webhook = new Webhook()
  // All time: a window would leave out the samples of a device whose clock is far behind those of the others.
  const heartbeats = Query.count('heartbeat').live()
  if (!heartbeats.ok) return 1
  const devices = recallDevices()
  while (true) {
    const event = heartbeats.poll()
    const sender = event != null ? event.tag('device') : null
    if (sender != null && !isKnown(devices, sender)) {
      devices.push(new Device(sender))
      rememberNames(devices)
    }
    // All devices, after every poll: while one of them keeps sending, no poll finds nothing.
    for (let i = 0; i < devices.length; i++) {
      if (devices[i].name == sender) devices[i].hear(webhook, patienceMicros)
      else devices[i].miss(webhook)
    }
  }
}

class Device {
  private lastHeard: i64
  /** When it will be silent, by the clock of the webhook; 0 once that was reported. */
  private silentAt: i64

  constructor(readonly name: string) {
    this.lastHeard = <i64>state.number(`heard ${name}`, 0)
    this.silentAt = <i64>state.number(`silent ${name}`, Infinity)
  }

  hear(webhook: Webhook, patienceMicros: i64): void {
    this.lastHeard = now()
    state.set(`heard ${this.name}`, this.lastHeard)
    if (this.silentAt == 0) webhook.tell(this.name, 'back', this.lastHeard)
    this.expectAt(webhook.clock() + patienceMicros)
  }

  miss(webhook: Webhook): void {
    if (this.silentAt == 0 || webhook.clock() < this.silentAt) return
    webhook.tell(this.name, 'silent', this.lastHeard)
    this.expectAt(0)
  }

  private expectAt(silentAt: i64): void {
    this.silentAt = silentAt
    state.set(`silent ${this.name}`, silentAt)
  }
}

class Webhook {
  private readonly url: string = env.get('WEBHOOK') || 'https://hooks.example.com/devices'
  private answerMicros: i64 = <i64>state.number('answer_micros', 0)

  /** Time that passes while the webhook answers is not silence: what is sent meanwhile waits to be polled. */
  clock(): i64 {
    return now() - this.answerMicros
  }

  tell(device: string, news: string, since: i64): void {
    const start = now()
    const report = Json.object().set('device', device).set('state', news).set('since', since)
    const answer = http.post(this.url, report.toString())
    if (!answer.ok) log.error(`The webhook did not take it: ${device} is ${news}`)
    this.answerMicros += now() - start
    state.set('answer_micros', this.answerMicros)
  }
}

/** The devices of an earlier run. Their names are tags, which have no line feed. */
function recallDevices(): Device[] {
  const devices: Device[] = []
  const names = state.get('devices')
  if (names == null) return devices
  const list = names.split('\n')
  for (let i = 0; i < list.length; i++) devices.push(new Device(list[i]))
  return devices
}

function rememberNames(devices: Device[]): void {
  const names: string[] = []
  for (let i = 0; i < devices.length; i++) names.push(devices[i].name)
  state.set('devices', names.join('\n'))
}

function isKnown(devices: Device[], name: string): bool {
  for (let i = 0; i < devices.length; i++) {
    if (devices[i].name == name) return true
  }
  return false
}
