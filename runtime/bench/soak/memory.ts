/**
 * The memory of `slung run` under steady load: `memory [seconds] [ceiling in MiB] [series]`.
 *
 * One sender sends as fast as the runtime takes samples. Every ten seconds this prints what the process has for itself
 * (anonymous memory) and what the kernel has cached of its files; it fails when the first is above the ceiling, or no
 * samples are taken. The runtime's `memory` is four fifths of it: it may be exceeded by what comes between two looks.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { spawnRuntime, type SpawnedRuntime } from '../../test/spawn-runtime.ts'

const lookMillis = 10_000
const feed = fileURLToPath(new URL('../feed.ts', import.meta.url))

export async function soak([seconds = '60', ceiling = '512', series = '100']: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'slung-soak-'))
  try {
    const config = join(folder, 'slung.toml')
    await writeFile(config, `[limits]\nmemory = "${Math.round(Number(ceiling) * 0.8)}MiB"\n`)
    const runtime = await spawnRuntime(['--config', config, '--data', join(folder, 'data')], { isBuilt: true })
    const { port } = new URL(runtime.url)
    const sender = spawn(process.execPath, [feed, port, '1000000000000', '2000', series], { stdio: 'inherit' })
    const ended = once(sender, 'exit')
    let highest: number
    try {
      highest = await watch(runtime, Number(seconds) * 1000)
      if (sender.exitCode !== null) throw new Error('the sender ended early')
    } finally {
      sender.kill()
      await ended
      await runtime.kill()
    }
    if (highest > Number(ceiling)) throw new Error(`${highest} MiB are more than the ceiling of ${ceiling} MiB`)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** @returns the most anonymous memory that it saw, in MiB */
async function watch({ process: { pid }, url }: SpawnedRuntime, millis: number): Promise<number> {
  let highest = 0
  let takenBefore = 0
  for (let passed = 0; passed < millis; passed += lookMillis) {
    await sleep(lookMillis)
    const status = await readFile(`/proc/${pid}/status`, 'latin1')
    const [own, cached] = ['RssAnon', 'RssFile'].map((key) => mebibytesOf(status, key))
    const metrics = await (await fetch(`${url}/metrics`)).text()
    const [taken, isShort] = ['slung_samples_accepted_total', 'slung_memory_short'].map((name) =>
      valueOf(metrics, name),
    )
    const state = isShort === 1 ? ', short of memory' : ''
    console.log(
      `${(passed + lookMillis) / 1000} s: ${own} MiB of its own, ${cached} MiB of files in the cache; ${taken} samples taken${state}`,
    )
    if (taken === takenBefore) throw new Error('no samples were taken')
    takenBefore = taken!
    highest = Math.max(highest, own!)
  }
  return highest
}

function mebibytesOf(status: string, key: string): number {
  return Math.round(Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024)
}

function valueOf(metrics: string, name: string): number {
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1])
}
