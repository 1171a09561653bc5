/**
 * What workflows and clients that ask for too much cost a producer beside them, in whole processes.
 *
 * `slung run` has a core to itself, and then shares the machine; a producer measures what it gets alone and beside each
 * attacker, by turns. Prints a table, and throws when an attacker takes more than a tenth of the throughput, or
 * acknowledgements take more than three times as long.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { spawnRuntime, type SpawnedRuntime } from '../../test/spawn-runtime.ts'
import { startAskingClients } from '../asking-clients.ts'
import { measureNeighbour, type Service } from '../neighbour.ts'
import { historian, reopener, spinner, subscriber } from '../starving-guests.ts'

interface Attacker {
  readonly what: string
  /** Makes its workflow; none for clients. */
  readonly guest?: () => Uint8Array
  /** Attacks until it is ended. */
  readonly attack?: (url: string) => () => Promise<void>
}

const shareMin = 0.9
const slowerMax = 3
/** Faster acknowledgements than this are compared as if they took as long: less is noise of the scheduler. */
const millisMin = 1
const clientCount = 20

/** Attacks nobody: its series never has a sample. Without any workflow, a runtime does not keep what arrives. */
const neighbour: Attacker = { what: 'a workflow that waits', guest: () => subscriber('COUNT:nothing:[]', 1) }

const attackers: readonly Attacker[] = [
  { what: '1,024 handles on a busy series', guest: () => subscriber('COUNT:temp:[]', 1024) },
  { what: 'opens and frees handles on a busy series', guest: () => reopener('COUNT:temp:[]') },
  { what: 'opens and frees windows of a million samples', guest: () => reopener('AVG:deep:[]:[36500d]') },
  { what: 'history of 30,000 series', guest: () => historian('SUM:wide:[]') },
  { what: 'computes without end', guest: spinner },
  {
    what: `${clientCount} clients with a query over 50,000 series`,
    attack: (url) => startAskingClients({ url, query: 'SUM:many,wide:[]', clientCount }),
  },
]

/** `--seconds N`: how long each measurement takes. `--rounds N`: how often; medians count. `--only TEXT`: which attackers. */
export async function soak(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '3' },
      only: { type: 'string', default: '' },
      pinned: { type: 'string', default: 'yes,no' },
    },
  })
  const millis = Number(values.seconds) * 1000
  const folder = await mkdtemp(join(tmpdir(), 'slung-starve-'))
  const failures: string[] = []
  try {
    await prepare(join(folder, 'data'))
    for (const pinned of values.pinned.split(',')) {
      console.log(pinned === 'yes' ? '\non one core:' : '\non the whole machine:')
      for (const attacker of attackers.filter(({ what }) => what.includes(values.only))) {
        const [alone, beside]: [Service[], Service[]] = [[], []]
        for (let round = 0; round < Number(values.rounds); round++) {
          alone.push(await measure(folder, neighbour, pinned === 'yes', millis))
          beside.push(await measure(folder, attacker, pinned === 'yes', millis))
        }
        failures.push(...report(attacker.what, medians(alone), medians(beside)))
      }
    }
  } finally {
    await rm(folder, { recursive: true })
  }
  if (failures.length > 0) throw new Error(`starved:\n${failures.join('\n')}`)
}

function report(what: string, alone: Service, beside: Service): string[] {
  const share = beside.samplesPerSecond / alone.samplesPerSecond
  const cpuShare = beside.samplesPerCpuSecond / alone.samplesPerCpuSecond
  const slower = Math.max(beside.p99, millisMin) / Math.max(alone.p99, millisMin)
  const line =
    `${what}: ${(share * 100).toFixed(1)} % of ${Math.round(alone.samplesPerSecond)} samples/s, ` +
    `${(cpuShare * 100).toFixed(1)} % per processor time; ` +
    `ack p50 ${alone.p50.toFixed(1)} → ${beside.p50.toFixed(1)} ms, ` +
    `p99 ${alone.p99.toFixed(1)} → ${beside.p99.toFixed(1)} ms (× ${slower.toFixed(1)})`
  console.log(`  ${line}`)
  return share < shareMin || slower > slowerMax ? [line] : []
}

async function measure(folder: string, attacker: Attacker, isPinned: boolean, millis: number): Promise<Service> {
  const data = join(folder, 'copy')
  const file = join(folder, 'attacker.wasm')
  await cp(join(folder, 'data'), data, { recursive: true })
  if (attacker.guest !== undefined) await writeFile(file, attacker.guest())
  const runtime = await spawnRuntime(['--data', data, ...(attacker.guest === undefined ? [] : [file])])
  try {
    if (isPinned) pin(runtime)
    const end = attacker.attack?.(runtime.url)
    // On one core, all threads share it; otherwise the engine's thread is what everybody waits for.
    const service = await measureNeighbour(runtime.url, millis, () => cpuSeconds(runtime, !isPinned))
    await end?.()
    return service
  } finally {
    await runtime.kill()
    await rm(data, { recursive: true })
  }
}

/** Processor time of the process, or of its main thread. */
function cpuSeconds({ process: { pid } }: SpawnedRuntime, ofMainThread: boolean): number {
  const text = readFileSync(ofMainThread ? `/proc/${pid}/task/${pid}/stat` : `/proc/${pid}/stat`, 'utf8')
  // After the name in parentheses: user and system time are the 14th and 15th field, in hundredths of a second.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function pin({ process: { pid } }: SpawnedRuntime): void {
  execFileSync('taskset', ['-a', '-c', '-p', '0', String(pid)], { stdio: 'ignore' })
}

/** A million samples of `deep`, and two of each of 30,000 series `wide` and 50,000 series `many`. */
async function prepare(data: string): Promise<void> {
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

function medians(services: readonly Service[]): Service {
  const median = (of: (service: Service) => number): number =>
    services.map(of).sort((left, right) => left - right)[services.length >> 1]!
  return {
    samplesPerSecond: median(({ samplesPerSecond }) => samplesPerSecond),
    samplesPerCpuSecond: median(({ samplesPerCpuSecond }) => samplesPerCpuSecond),
    p50: median(({ p50 }) => p50),
    p99: median(({ p99 }) => p99),
  }
}
