/**
 * A fixture CSV that grows during a recording, under a temporary name beside its final one: a file with its final name
 * is complete.
 */
import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { SlungError } from '../../engine/model/slung-error.ts'
import { sampleHeader } from './sample-rows.ts'

export class SampleFile {
  readonly path: string
  #rowCount = 0
  readonly #part: string
  readonly #stream: WriteStream
  #failure: SlungError | null = null

  constructor(path: string) {
    this.path = path
    this.#part = `${path}.part`
    this.#stream = createWriteStream(this.#part)
    this.#stream.on('error', (error) => {
      this.#failure ??= unwritable(path, error)
    })
    this.#stream.write(sampleHeader)
  }

  get rowCount(): number {
    return this.#rowCount
  }

  /** Why it cannot be written; `null` = it can. */
  get failure(): SlungError | null {
    return this.#failure
  }

  /** Resolves when the lines are written, or cannot be. */
  async write(lines: string, rowCount: number): Promise<void> {
    if (this.#failure !== null) return
    this.#rowCount += rowCount
    // A failure is kept by the listener.
    await new Promise<void>((resolve) => this.#stream.write(lines, () => resolve()))
  }

  /** Writes the rest, and gives the file its final name. @throws {SlungError} `unwritable-file` */
  async finish(): Promise<void> {
    await this.#end()
    if (this.#failure !== null) throw this.#failure
    try {
      await rename(this.#part, this.path)
    } catch (error) {
      throw unwritable(this.path, error as Error)
    }
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    await this.#end()
    await rm(this.#part, { force: true })
  }

  async #end(): Promise<void> {
    if (this.#stream.closed) return
    const closed = once(this.#stream, 'close').catch(() => {})
    this.#stream.end()
    await closed
  }
}

export function unwritable(path: string, error: Error): SlungError {
  return new SlungError('unwritable-file', `cannot write "${path}": ${error.message}`, { cause: error })
}
