/**
 * `npm run fuzz -- damage [--files N] [--minutes M] [--seed S]`: damages stores by chance and opens them. Every answer
 * is right or an error that names the damage; no file ends the process; verify finds the damage, and what repair makes
 * is right apart from what it reports.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { DamageMessage, DamageTask } from './damage-child.ts'

export interface DamageReport {
  readonly files: number
  /** How many files had each outcome. */
  readonly outcomes: ReadonlyMap<string, number>
  /** In words, with what was done to the file. */
  readonly broken: readonly string[]
}

/** @returns the exit code */
export async function fuzz(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      files: { type: 'string' },
      minutes: { type: 'string' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    },
  })
  const files = Number(values.files ?? (values.minutes === undefined ? 10_000 : Infinity))
  const millis = Number(values.minutes ?? Infinity) * 60_000
  console.log(`seed ${values.seed}`)
  const report = await damageStores(Number(values.seed), files, millis, (line) => console.log(line))
  const outcomes = [...report.outcomes].map(([outcome, count]) => `${count} ${outcome}`).join(', ')
  console.log(`${report.files} damaged files: ${outcomes}; ${report.broken.length} broken promises`)
  return report.broken.length === 0 ? 0 : 1
}

/** So many files a process: making the stores takes a few seconds. */
const filesPerChild = 2000

/** @param tell - receives each broken promise, and progress */
export async function damageStores(
  seed: number,
  files: number,
  millis: number,
  tell: (line: string) => void,
): Promise<DamageReport> {
  const folder = await mkdtemp(join(tmpdir(), 'slung-damage-'))
  const outcomes = new Map<string, number>()
  const broken: string[] = []
  const begin = performance.now()
  let next = 0
  try {
    while (next < files && performance.now() - begin < millis) {
      const task = { folder, seed, from: next, to: Math.min(files, next + filesPerChild) }
      const [last, failures] = await runChild(task, outcomes, tell)
      broken.push(...failures)
      next = last + 1
      tell(`${next} files, ${((next / (performance.now() - begin)) * 1000).toFixed(0)} a second`)
    }
  } finally {
    await rm(folder, { recursive: true })
  }
  return { files: next, outcomes, broken }
}

/** @returns the last file that it opened, and what was broken */
async function runChild(
  task: DamageTask,
  outcomes: Map<string, number>,
  tell: (line: string) => void,
): Promise<readonly [last: number, broken: readonly string[]]> {
  const child = fork(fileURLToPath(new URL('damage-child.ts', import.meta.url)), [JSON.stringify(task)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const broken: string[] = []
  let stderr = ''
  let opening = { index: task.from - 1, description: 'nothing yet' }
  let isDone = false
  const breaks = (reason: string): void => {
    const line = `file ${opening.index} (${opening.description}): ${reason}`
    broken.push(line)
    tell(line)
  }
  child.stderr!.on('data', (data: Buffer) => (stderr += data.toString()))
  child.on('message', (message: DamageMessage) => {
    if (message.kind === 'opening') opening = message
    else if (message.kind === 'outcome') outcomes.set(message.outcome, (outcomes.get(message.outcome) ?? 0) + 1)
    else if (message.kind === 'broken') breaks(message.reason)
    else if (message.kind === 'done') isDone = true
  })
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  if (!isDone) {
    if (opening.index < task.from) throw new Error(`the child ended with ${signal ?? code}: ${stderr}`)
    breaks(`the process ended with ${signal ?? `code ${code}`}: ${stderr.slice(0, 500)}`)
  }
  return [opening.index, broken]
}
