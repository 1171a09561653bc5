/** The line at the bottom of a terminal that shows a command's progress. */
import type { ProgramOutput } from './program-output.ts'

/** Often enough to look alive. */
const intervalMillis = 100
/** Back to the first column, and erases the line (ECMA-48: EL). */
const clearLine = '\r\u001b[2K'

export class ProgressLine {
  readonly #output: ProgramOutput
  readonly #isShown: boolean
  #timer: NodeJS.Timeout | undefined
  #isDrawn = false

  /** @param isShown - whether there is a terminal; without one, nothing is ever printed */
  constructor(output: ProgramOutput, isShown: boolean) {
    this.#output = output
    this.#isShown = isShown
  }

  /** Draws the line from now on, until `stop`. @param line - without a line end */
  start(line: () => string): void {
    if (!this.#isShown) return
    this.#timer = setInterval(() => {
      this.#output.error(`${clearLine}${line()}`)
      this.#isDrawn = true
    }, intervalMillis)
  }

  /** Makes room for another line; this one reappears at the next tick. */
  clear(): void {
    if (!this.#isDrawn) return
    this.#output.error(clearLine)
    this.#isDrawn = false
  }

  stop(): void {
    clearInterval(this.#timer)
    this.clear()
  }
}
