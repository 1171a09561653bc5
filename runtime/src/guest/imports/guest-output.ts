/** What a guest prints: both streams by line, on their way to the host's log, and the last errors for a trap report. */
import type { LogStream } from '../../engine/model/timeline.ts'
import { LineBuffer } from './line-buffer.ts'

// A panic with its hint takes three lines; the rest leaves room for logging hooks that print after it.
const recentErrorsMax = 16

export class GuestOutput {
  readonly stdout: LineBuffer
  readonly stderr: LineBuffer
  readonly #recentErrors: string[] = []

  /** @param log - receives every complete line */
  constructor(log: (stream: LogStream, text: string) => void) {
    this.stdout = new LineBuffer((line) => log('stdout', line))
    this.stderr = new LineBuffer((line) => {
      this.#recentErrors.push(line)
      if (this.#recentErrors.length > recentErrorsMax) this.#recentErrors.shift()
      log('stderr', line)
    })
  }

  /** The latest lines of stderr, oldest first. */
  get recentErrors(): readonly string[] {
    return this.#recentErrors
  }

  /** Emits unfinished lines: the guest will not finish them. */
  flush(): void {
    this.stdout.flush()
    this.stderr.flush()
  }
}
