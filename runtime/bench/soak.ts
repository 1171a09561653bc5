/**
 * What staging survives, for longer than a test has time: `npm run soak [rounds]`.
 *
 * 1. The process is killed again and again while it takes events; nothing acknowledged is missing, nothing is stored
 *    twice.
 * 2. The disk fills up; the runtime reports it, and nothing acknowledged is missing.
 * 3. A store with a torn file (its last pages are lost) is refused, or has everything up to some commit; nothing else.
 * 4. A directory that cannot be written is refused.
 * 5. Two hundred producers send at the same time; every event of each is acknowledged, and stored once.
 *
 * Prints what it did, and throws at the first broken promise.
 */
import { cp, mkdtemp, rm, stat, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SeededRandom } from '../src/testing/seeded-random.ts'
import { crowd } from '../test/crowd.ts'
import { fillDisk } from '../test/fill-disk.ts'
import { ask, killRounds } from '../test/kill-rounds.ts'
import { spawnRuntime } from '../test/spawn-runtime.ts'

const rounds = Number(process.argv[2] ?? 20)
const seed = Number(process.argv[3] ?? Date.now() % 1e6)
const producerCount = 200

console.log(`seed ${seed}`)
const folder = await mkdtemp(join(tmpdir(), 'slung-soak-'))
try {
  const killed = join(folder, 'killed')
  const report = await killRounds(killed, rounds, new SeededRandom(seed))
  console.log(
    `killed ${report.rounds} times: ${report.acknowledged} events acknowledged, none missing, none twice ` +
      `(${report.surplus} were there beyond that)`,
  )
  const { health, acknowledged, found } = await fillDisk(join(folder, 'full'), 4 * 1024 * 1024)
  expect(found === acknowledged, `${acknowledged} events were acknowledged on a full disk, found are ${found}`)
  console.log(`full disk: ${acknowledged} events acknowledged, none missing; /health said ${JSON.stringify(health)}`)
  await tear(killed)
  await refuseDirectory()
  const { events, seconds } = await crowd(join(folder, 'crowd'), producerCount, 5000)
  console.log(
    `${producerCount} producers at once: ${events} events acknowledged in ${seconds.toFixed(1)} s, each there once`,
  )
} finally {
  await rm(folder, { recursive: true })
}

/** Cuts copies of a store shorter and shorter. */
async function tear(directory: string): Promise<void> {
  const { size } = await stat(join(directory, 'data.mdb'))
  const whole = await countOf(directory)
  let refused = 0
  let opened = 0
  for (let pages = 1; pages <= 8; pages++) {
    const copy = join(folder, `torn-${pages}`)
    await cp(directory, copy, { recursive: true })
    await rm(join(copy, 'lock.mdb'), { force: true })
    await truncate(join(copy, 'data.mdb'), size - pages * 2048)
    try {
      const count = await countOf(copy)
      expect(count <= whole, `a torn copy has ${count} events of ${whole}`)
      opened++
    } catch (error) {
      expect(String(error).includes('slung: '), `a torn copy ended without a message: ${String(error)}`)
      refused++
    }
  }
  console.log(
    `torn file: of 8 copies cut short, ${opened} had everything up to some commit, ${refused} were refused with a reason`,
  )
}

async function countOf(directory: string): Promise<number> {
  const runtime = await spawnRuntime(['--data', directory])
  const names = Array.from({ length: 10 }, (_, index) => `s${index}`).join(',')
  try {
    return (await ask(runtime, `COUNT:${names}:[]`)) ?? 0
  } finally {
    await runtime.stop()
  }
}

async function refuseDirectory(): Promise<void> {
  // Not even root can create directories there.
  const directory = '/proc/slung'
  const reason = await spawnRuntime(['--data', directory]).then(
    () => 'it started',
    (error: Error) => error.message,
  )
  expect(reason.includes(`cannot open the store "${directory}"`), reason)
  console.log(`read-only directory: ${reason.split('\n').find((line) => line.startsWith('slung:')) ?? ''}`)
}

function expect(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise)
}
