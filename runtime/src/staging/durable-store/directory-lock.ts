/**
 * One process at a time: a file in the data directory that names its owner.
 *
 * A process that is killed leaves the file behind, and its number may belong to another process by then (in a container
 * it is always the same), so the owner is a process number with the moment that process started. Where that is unknown,
 * the number has to do. Two processes that cannot see each other, in two containers on one volume, are distinguished by
 * the store's session instead.
 */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SlungError } from '../../engine/model/slung-error.ts'

export class DirectoryLock {
  readonly #file: string
  readonly #owner: string

  private constructor(file: string, owner: string) {
    this.#file = file
    this.#owner = owner
  }

  /** @throws {SlungError} `store-in-use`; @throws what writing a file throws */
  static async acquire(directory: string): Promise<DirectoryLock> {
    const file = join(directory, 'owner')
    const mine = (await describeProcess(process.pid)) ?? `${process.pid}`
    // Two rounds at most: one finds what a dead process left behind, the next runs without it.
    for (;;) {
      try {
        await writeFile(file, mine, { flag: 'wx' })
        return new DirectoryLock(file, mine)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
      await DirectoryLock.refuseOwned(directory)
      await rm(file, { force: true })
    }
  }

  /** @throws {SlungError} `store-in-use` when a process that runs has the store open to write */
  static async refuseOwned(directory: string): Promise<void> {
    const owner = await readFile(join(directory, 'owner'), 'utf8').catch(() => '')
    const [pid] = owner.split(' ')
    const isAlive = owner !== '' && (await describeProcess(Number(pid))) === owner
    if (isAlive) {
      throw new SlungError(
        'store-in-use',
        `cannot open the store "${directory}": process ${pid} has it open; stop it, or use another directory`,
      )
    }
  }

  async release(): Promise<void> {
    const owner = await readFile(this.#file, 'utf8').catch(() => '')
    if (owner === this.#owner) await rm(this.#file, { force: true })
  }
}

/** A process number, its boot, and when in that boot the process started. `undefined` when no such process exists. */
async function describeProcess(pid: number): Promise<string | undefined> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  // The program's name is in parentheses and may contain anything; the 20th field after it is the start time in ticks.
  const fields = status?.slice(status.lastIndexOf(')') + 2).split(' ')
  // A zombie has ended and only waits for its parent to notice.
  if (fields?.[0] === 'Z') return undefined
  const startTicks = fields?.[19]
  if (startTicks !== undefined) {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')
    return `${pid} ${startTicks} ${boot.trim()}`
  }
  try {
    // Signal 0 only checks.
    process.kill(pid, 0)
    return `${pid}`
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? `${pid}` : undefined
  }
}
