/**
 * Whether `data.mdb` is still the file that was opened. A file that was deleted can be written to without an error, and
 * nobody finds it again; one that was cut off ends the program with SIGBUS as soon as LMDB touches what is missing.
 */
import { closeSync, fstatSync, openSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** The store can no longer be written from here, whatever is tried. */
export class StoreLost extends Error {}

export class StoreFileGuard {
  readonly #path: string
  readonly #fd: number
  readonly #device: bigint
  readonly #inode: bigint
  /** LMDB's file never shrinks. */
  #bytesMin: number

  /** To be made when LMDB has just opened the file. @throws what opening a file throws */
  constructor(directory: string) {
    this.#path = join(directory, 'data.mdb')
    this.#fd = openSync(this.#path, 'r')
    const { dev, ino, size } = fstatSync(this.#fd, { bigint: true })
    this.#device = dev
    this.#inode = ino
    this.#bytesMin = Number(size)
  }

  /** To be called before LMDB touches the file. @throws {StoreLost} when it was cut off */
  checkSize(): void {
    const { size } = fstatSync(this.#fd)
    if (size < this.#bytesMin)
      throw new StoreLost(`data.mdb was cut off while it is open: it has ${size} bytes, and had ${this.#bytesMin}`)
    this.#bytesMin = size
  }

  /** To be called when the file may have grown. */
  noteGrowth(): void {
    this.#bytesMin = Math.max(this.#bytesMin, fstatSync(this.#fd).size)
  }

  /** Whether the path still leads to the file. @throws {StoreLost} */
  checkPath(): void {
    const found = statSync(this.#path, { bigint: true, throwIfNoEntry: false })
    if (found === undefined) throw new StoreLost('data.mdb was deleted or moved while it is open')
    if (found.ino !== this.#inode || found.dev !== this.#device)
      throw new StoreLost('data.mdb was replaced by another file while it is open')
  }

  close(): void {
    closeSync(this.#fd)
  }
}
