/**
 * A dead-man switch: says once when a device has been silent for a while (`PATIENCE_MINUTES`), and once when it is back.
 *
 * A device is heard from when the workflow polls one of its samples, whatever the timestamp: one whose clock is wrong,
 * or whose samples come late, is alive. That is why the clock is `now()` here, and not that of the Events.
 */
import { Json, MINUTE, Query, env, http, log, now } from '@slung/sdk-as/assembly'

class Settings {
  readonly patienceMicros: i64 = <i64>(env.number('PATIENCE_MINUTES', 5) * <f64>MINUTE)
  readonly webhook: string = env.get('WEBHOOK') || 'https://hooks.example.com/devices'
}

export function call(): i32 {
  const settings = new Settings()
  // All time: a window would leave out the samples of a device whose clock is far behind those of the others.
  const heartbeats = Query.count('heartbeat').live()
  if (!heartbeats.ok) return 1
  const devices: Device[] = []
  while (true) {
    const pollStart = now()
    const event = heartbeats.poll()
    // Time that passes while the webhook answers is not silence: what is sent meanwhile waits to be polled.
    const waitedMicros = now() - pollStart

    const sender = event != null ? event.tag('device') : null
    if (sender != null && !isKnown(devices, sender)) devices.push(new Device(sender))
    // All devices, after every poll: while one of them keeps sending, no poll finds nothing.
    for (let i = 0; i < devices.length; i++) {
      if (devices[i].name == sender) devices[i].hear(settings)
      else devices[i].miss(settings, waitedMicros)
    }
  }
}

class Device {
  private lastHeard: i64 = 0
  private silenceMicros: i64 = 0
  private isSilent: bool = false

  constructor(readonly name: string) {}

  hear(settings: Settings): void {
    this.lastHeard = now()
    this.silenceMicros = 0
    if (this.isSilent) this.tell(settings, 'back')
    this.isSilent = false
  }

  miss(settings: Settings, micros: i64): void {
    this.silenceMicros += micros
    if (this.isSilent || this.silenceMicros < settings.patienceMicros) return
    this.isSilent = true
    this.tell(settings, 'silent')
  }

  private tell(settings: Settings, state: string): void {
    const report = Json.object().set('device', this.name).set('state', state).set('since', this.lastHeard)
    const answer = http.post(settings.webhook, report.toString())
    if (!answer.ok) log.error(`The webhook did not take it: ${this.name} is ${state}`)
  }
}

function isKnown(devices: Device[], name: string): bool {
  for (let i = 0; i < devices.length; i++) {
    if (devices[i].name == name) return true
  }
  return false
}
