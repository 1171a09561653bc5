/**
 * What workflows and clients that ask for too much cost a producer beside them, in whole processes.
 *
 * `slung run` has a single core, and then the machine together with the producer, which measures what it gets alone and
 * beside each attacker, by turns. Throws when an attacker takes more than a tenth of the throughput of the core, when
 * acknowledgements take more than three times as long, or when the runtime ends.
 */
import { readFileSync } from 'node:fs'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { spawnRuntime } from '../../test/spawn-runtime.ts'
import { attackers, neighbour, prepareStore, type Attacker } from '../attackers.ts'
import { createMemoryGroup, type MemoryGroup } from '../memory-group.ts'
import { measureNeighbour, type Service } from '../neighbour.ts'

const shareMin = 0.9
const slowerMax = 3
/** Faster acknowledgements than this are compared as if they took as long: less is noise of the scheduler. */
const millisMin = 1

/**
 * `--seconds N`: how long each measurement takes. `--rounds N`: how often; medians count. `--only TEXT`: which attackers.
 * `--memory N`: MiB that the runtime may have; beyond them, the kernel ends it.
 */
export async function soak(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '3' },
      only: { type: 'string', default: '' },
      pinned: { type: 'string', default: 'yes,no' },
      memory: { type: 'string' },
    },
  })
  const folder = await mkdtemp(join(tmpdir(), 'slung-starve-'))
  const group = values.memory === undefined ? undefined : await createMemoryGroup(Number(values.memory) * 2 ** 20)
  const failures: string[] = []
  try {
    await prepareStore(join(folder, 'data'))
    for (const pinned of values.pinned.split(',')) {
      const world = { folder, group, isPinned: pinned === 'yes', millis: Number(values.seconds) * 1000 }
      console.log(world.isPinned ? '\non one core:' : '\non the whole machine:')
      for (const attacker of attackers.filter(({ what }) => what.includes(values.only))) {
        const [alone, beside]: [Measured[], Measured[]] = [[], []]
        for (let round = 0; round < Number(values.rounds); round++) {
          alone.push(await measure(neighbour, world))
          beside.push(await measure(attacker, world))
        }
        failures.push(...report(attacker.what, medians(alone), medians(beside), world.isPinned))
      }
    }
  } finally {
    await rm(folder, { recursive: true })
    await group?.remove()
  }
  if (failures.length > 0) throw new Error(`starved:\n${failures.join('\n')}`)
}

function report(what: string, alone: Measured, beside: Measured, isPinned: boolean): string[] {
  const share = beside.samplesPerSecond / alone.samplesPerSecond
  const cpuShare = beside.samplesPerCpuSecond / alone.samplesPerCpuSecond
  const slower = Math.max(beside.p99, millisMin) / Math.max(alone.p99, millisMin)
  const line =
    `${what}: ${(share * 100).toFixed(1)} % of ${Math.round(alone.samplesPerSecond)} samples/s, ` +
    `${(cpuShare * 100).toFixed(1)} % per processor time; ` +
    `ack p50 ${alone.p50.toFixed(1)} → ${beside.p50.toFixed(1)} ms, ` +
    `p99 ${alone.p99.toFixed(1)} → ${beside.p99.toFixed(1)} ms (× ${slower.toFixed(1)}); ` +
    `at most ${beside.mebibytes} MiB`
  console.log(`  ${line}`)
  // On the whole machine, attackers take processor time from the producer itself too.
  return (isPinned && share < shareMin) || slower > slowerMax ? [line] : []
}

interface World {
  readonly folder: string
  readonly group: MemoryGroup | undefined
  readonly isPinned: boolean
  readonly millis: number
}

interface Measured extends Service {
  /** The most memory of its own that the runtime had, without cached files. */
  readonly mebibytes: number
}

async function measure({ guests = [], attack }: Attacker, world: World): Promise<Measured> {
  const { folder, group, isPinned, millis } = world
  const data = join(folder, 'copy')
  await cp(join(folder, 'data'), data, { recursive: true })
  const files = guests.map((_, index) => join(folder, `attacker-${index}.wasm`))
  for (const [index, guest] of guests.entries()) await writeFile(files[index]!, guest)
  const core = isPinned ? ['taskset -c -p 0 $$ > /dev/null'] : []
  const before = [...core, ...(group === undefined ? [] : [group.join])].join('; ')
  const runtime = await spawnRuntime(['--data', data, ...files], { before, isBuilt: true })
  const { pid } = runtime.process
  let kibibytes = 0
  const looking = setInterval(() => (kibibytes = Math.max(kibibytes, ownKibibytes(pid!))), 100)
  try {
    const end = attack?.(runtime.url)
    // On one core, all threads share it; otherwise the engine's thread is what everybody waits for.
    const service = await measureNeighbour(runtime.url, millis, () => cpuSeconds(pid!, !isPinned))
    await end?.()
    return { ...service, mebibytes: Math.round(kibibytes / 1024) }
  } catch (cause) {
    throw new Error(`the runtime did not survive:\n${runtime.output().slice(-2000)}`, { cause })
  } finally {
    clearInterval(looking)
    await runtime.kill()
    await rm(data, { recursive: true })
  }
}

function ownKibibytes(pid: number): number {
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1])
}

/** Processor time of the process, or of its main thread. */
function cpuSeconds(pid: number, ofMainThread: boolean): number {
  const text = readFileSync(ofMainThread ? `/proc/${pid}/task/${pid}/stat` : `/proc/${pid}/stat`, 'utf8')
  // After the name in parentheses: user and system time are the 14th and 15th field, in hundredths of a second.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function medians(services: readonly Measured[]): Measured {
  const median = (of: (service: Measured) => number): number =>
    services.map(of).sort((left, right) => left - right)[services.length >> 1]!
  return {
    samplesPerSecond: median(({ samplesPerSecond }) => samplesPerSecond),
    samplesPerCpuSecond: median(({ samplesPerCpuSecond }) => samplesPerCpuSecond),
    p50: median(({ p50 }) => p50),
    p99: median(({ p99 }) => p99),
    mebibytes: Math.max(...services.map(({ mebibytes }) => mebibytes)),
  }
}
