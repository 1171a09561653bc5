/**
 * Prints to streams, and notices when that fails. Such errors come late and would otherwise end the process with a
 * stack trace: a reader such as `head` may leave before the end, a disk may be full.
 */
import type { Writable } from 'node:stream'
import { complain, type ProgramOutput } from './program-output.ts'

export class StreamOutput implements ProgramOutput {
  readonly #stdout: Writable
  readonly #stderr: Writable
  #written: Promise<void> = Promise.resolve()
  #failure: NodeJS.ErrnoException | undefined

  /** @param stderr - also reports that `stdout` cannot be written */
  constructor(stdout: Writable, stderr: Writable) {
    this.#stdout = stdout
    this.#stderr = stderr
    // Each write hears of the error too; without a listener it would end the process.
    stdout.on('error', ignore)
    stderr.on('error', ignore)
  }

  readonly out: ProgramOutput['out'] = (text) => this.#write(this.#stdout, text)

  readonly error: ProgramOutput['error'] = (text) => this.#write(this.#stderr, text)

  /**
   * Waits until everything is written.
   *
   * @returns `exitCode`, also when a reader has left; 2 when output is lost for another reason, which then goes to
   *   stderr
   */
  async finish(exitCode: number): Promise<number> {
    await this.#written
    const failure = this.#failure
    if (failure === undefined || failure.code === 'EPIPE') return exitCode
    complain(this, `cannot write the output: ${failure.message}`)
    await this.#written
    return 2
  }

  #write(stream: Writable, text: string): void {
    const { promise, resolve } = Promise.withResolvers<void>()
    stream.write(text, (error) => {
      if (error) this.#failure ??= error
      resolve()
    })
    this.#written = Promise.all([this.#written, promise]).then(ignore)
  }
}

function ignore(): void {}
