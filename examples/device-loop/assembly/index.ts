/**
 * A thermostat: commands go back to the devices in a room, over the connections that bring their samples.
 *
 * Between the two limits the last command holds (hysteresis), so the heater does not clatter when the temperature
 * wavers around one of them. A device that restarts has forgotten the command. It returns over a new connection, and
 * gets the command again with the next Event.
 */
import { Query, env, ws } from '@slung/sdk-as/assembly'

const HEATER_ON = '{"heater":"on"}'
const HEATER_OFF = '{"heater":"off"}'

export function call(): i32 {
  const room = env.get('ROOM') || '1'
  const tooColdCelsius = env.number('TOO_COLD_CELSIUS', 19)
  const tooWarmCelsius = env.number('TOO_WARM_CELSIUS', 21)

  const temperature = Query.avg('temp').tag(`room=${room}`).last('1m').live()
  if (!temperature.ok) return 1
  let command: string | null = null
  let told: u64[] = []
  while (true) {
    const event = temperature.next()!
    const lastCommand = command
    if (event.value < tooColdCelsius) command = HEATER_ON
    else if (event.value > tooWarmCelsius) command = HEATER_OFF

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
