/** Workflows and clients that ask for too much, and the store that they ask about. */
import { spawnRuntime } from '../test/spawn-runtime.ts'
import { startAskingClients } from './asking-clients.ts'
import { historian, hoarder, reopener, spinner, subscriber } from './starving-guests.ts'

export interface Attacker {
  readonly what: string
  /** Its workflows. */
  readonly guests?: readonly Uint8Array[]
  /** Attacks until it is ended. */
  readonly attack?: (url: string) => () => Promise<void>
}

const clientCount = 20

/** Attacks nobody: its series never has a sample. Without any workflow, a runtime does not keep what arrives. */
export const neighbour: Attacker = { what: 'a workflow that waits', guests: [subscriber('COUNT:nothing:[]', 1)] }

const single: readonly Attacker[] = [
  { what: '1,024 handles on a busy series', guests: [subscriber('COUNT:temp:[]', 1024)] },
  { what: 'opens and frees handles on a busy series', guests: [reopener('COUNT:temp:[]')] },
  { what: 'opens and frees windows of a million samples', guests: [reopener('AVG:deep:[]:[36500d]')] },
  { what: 'history of 30,000 series', guests: [historian('SUM:wide:[]')] },
  { what: 'computes without end', guests: [spinner()] },
  { what: 'keeps exceptions', guests: [hoarder()] },
  {
    what: `${clientCount} clients with a query over 50,000 series`,
    attack: (url) => startAskingClients({ url, query: 'SUM:many,wide:[]', clientCount }),
  },
]

export const attackers: readonly Attacker[] = [
  ...single,
  {
    what: 'all of these together',
    guests: single.flatMap(({ guests = [] }) => guests),
    attack(url) {
      const ends = single.flatMap(({ attack }) => attack?.(url) ?? [])
      return async () => {
        await Promise.all(ends.map((end) => end()))
      }
    },
  },
]

/** A million samples of `deep`, and two of each of 30,000 series `wide` and 50,000 series `many`. */
export async function prepareStore(data: string): Promise<void> {
  const runtime = await spawnRuntime(['--data', data])
  const now = Date.now() * 1000 - 7_200_000_000
  const post = async (count: number, lineOf: (index: number) => string): Promise<void> => {
    const linesMax = 100_000
    for (let first = 0; first < count; first += linesMax) {
      const body = Array.from({ length: Math.min(linesMax, count - first) }, (_, index) => lineOf(first + index))
      const headers = { 'content-type': 'text/plain' }
      const response = await fetch(`${runtime.url}/events`, { method: 'POST', headers, body: body.join('\n') })
      if (response.status !== 200) throw new Error(await response.text())
    }
  }
  await post(1_000_000, (index) => `deep,of=${index % 10} value=${index % 97} ${(now + index) * 1000}`)
  await post(60_000, (index) => `wide,of=${index % 30_000} value=${index % 97} ${(now + index) * 1000}`)
  await post(40_000, (index) => `many,of=${index} value=${index % 97} ${(now + index) * 1000}`)
  const code = await runtime.stop()
  if (code !== 0) throw new Error(`the runtime stopped with code ${code}`)
}
