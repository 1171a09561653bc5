/**
 * Prints to streams, and notices when that fails. Such errors come late and would otherwise end the process with a
 * stack trace: a reader such as `head` may leave before the end, a disk may be full.
 */
import type { Writable } from 'node:stream'
import { complain, type ProgramOutput } from './program-output.ts'

/** For errors that nobody reads: a program that is asked to end must not wait for them. */
const patienceMillis = 1000

export class StreamOutput implements ProgramOutput {
  readonly #stdout: Writable
  readonly #stderr: Writable
  #resultsWritten: Promise<void> = Promise.resolve()
  #errorsWritten: Promise<void> = Promise.resolve()
  #isStuck = false
  #failure: NodeJS.ErrnoException | undefined

  /** @param stderr - also reports that `stdout` cannot be written */
  constructor(stdout: Writable, stderr: Writable) {
    this.#stdout = stdout
    this.#stderr = stderr
    // Each write hears of the error too; without a listener it would end the process.
    stdout.on('error', ignore)
    stderr.on('error', ignore)
  }

  readonly out: ProgramOutput['out'] = (text) => {
    this.#resultsWritten = this.#write(this.#stdout, text, this.#resultsWritten)
  }

  readonly error: ProgramOutput['error'] = (text) => {
    this.#errorsWritten = this.#write(this.#stderr, text, this.#errorsWritten)
  }

  /** After `finish`: errors are left that nobody reads, and the process does not end by itself. */
  get isStuck(): boolean {
    return this.#isStuck
  }

  /**
   * Waits until everything is written, however long results take; errors have a moment.
   *
   * @returns `exitCode`, also when a reader has left; 2 when output is lost for another reason, which then goes to
   *   stderr
   */
  async finish(exitCode: number): Promise<number> {
    await this.#resultsWritten
    await this.#errorsHaveMoment()
    const failure = this.#failure
    if (failure === undefined || failure.code === 'EPIPE') return exitCode
    complain(this, `cannot write the output: ${failure.message}`)
    await this.#errorsHaveMoment()
    return 2
  }

  async #errorsHaveMoment(): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<'late'>()
    const patience = setTimeout(resolve, patienceMillis, 'late')
    this.#isStuck = (await Promise.race([this.#errorsWritten, late])) === 'late'
    clearTimeout(patience)
  }

  #write(stream: Writable, text: string, before: Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    stream.write(text, (error) => {
      if (error) this.#failure ??= error
      resolve()
    })
    return Promise.all([before, promise]).then(ignore)
  }
}

function ignore(): void {}
