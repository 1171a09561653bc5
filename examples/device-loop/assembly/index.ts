/**
 * A thermostat: commands go back to the devices in a room, over the connections that bring their samples.
 *
 * Between the two limits the last command holds (hysteresis), so the heater does not clatter when the temperature
 * wavers around one of them. A device that restarts has forgotten the command. It returns over a new connection, and
 * gets the command again with the next Event.
 */
import { Query, ws } from '@slung/sdk-as/assembly'

const TOO_COLD_CELSIUS: f64 = 19
const TOO_WARM_CELSIUS: f64 = 21
const HEATER_ON = '{"heater":"on"}'
const HEATER_OFF = '{"heater":"off"}'

export function call(): i32 {
  const temperature = Query.avg('temp').tag('room=1').last('1m').live()
  if (!temperature.ok) return 1
  let command: string | null = null
  let told: u64[] = []
  while (true) {
    const event = temperature.next()!
    const lastCommand = command
    if (event.value < TOO_COLD_CELSIUS) command = HEATER_ON
    else if (event.value > TOO_WARM_CELSIUS) command = HEATER_OFF

    if (command != lastCommand) told = []
    if (command != null) told = tell(event.producers, told, command)
  }
}

/** Sends the command to the producers that do not have it yet. Returns those that have it: a send may be refused. */
function tell(producers: u64[], told: u64[], command: string): u64[] {
  const knowing: u64[] = []
  for (let i = 0; i < producers.length; i++) {
    const producer = producers[i]
    if (told.includes(producer) || ws.send(producer, command).ok) knowing.push(producer)
  }
  return knowing
}
