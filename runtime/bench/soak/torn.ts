/**
 * A store whose file lost its last pages is refused with a reason, or has everything up to some commit; nothing else.
 *
 * `npm run soak -- torn [copies] [seed]`, 8 copies by default. The store comes from a runtime that was killed five
 * times. A directory that cannot be written is refused, too.
 */
import { cp, mkdtemp, rm, stat, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SeededRandom } from '../../src/testing/seeded-random.ts'
import { ask, killRounds } from '../../test/kill-rounds.ts'
import { spawnRuntime } from '../../test/spawn-runtime.ts'

export async function soak([copies = '8', seed = String(Date.now() % 1e6)]: readonly string[]): Promise<void> {
  console.log(`seed ${seed}`)
  const folder = await mkdtemp(join(tmpdir(), 'slung-soak-'))
  try {
    const killed = join(folder, 'killed')
    await killRounds(killed, 5, new SeededRandom(Number(seed)))
    await tear(killed, Number(copies), folder)
    await refuseDirectory()
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Cuts copies of a store shorter and shorter. */
async function tear(directory: string, copies: number, folder: string): Promise<void> {
  const { size } = await stat(join(directory, 'data.mdb'))
  const whole = await countOf(directory)
  let refused = 0
  let opened = 0
  for (let pages = 1; pages <= copies; pages++) {
    const copy = join(folder, `torn-${pages}`)
    await cp(directory, copy, { recursive: true })
    await rm(join(copy, 'lock.mdb'), { force: true })
    await truncate(join(copy, 'data.mdb'), Math.max(0, size - pages * 2048))
    try {
      const count = await countOf(copy)
      expect(count <= whole, `a torn copy has ${count} events of ${whole}`)
      opened++
    } catch (error) {
      expect(String(error).includes('slung: '), `a torn copy ended without a message: ${String(error)}`)
      refused++
    }
    await rm(copy, { recursive: true })
  }
  console.log(
    `torn file: of ${copies} copies cut short, ${opened} had everything up to some commit, ` +
      `${refused} were refused with a reason`,
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
