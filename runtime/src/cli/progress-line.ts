/** The line at the bottom of a terminal that shows how far a command is. */
import type { ProgramOutput } from './program-output.ts'

/** Often enough to look alive. */
const intervalMillis = 100
/** To the first column, and away with what stands there (ECMA-48: EL). */
const clearLine = '\r\u001b[2K'

export class ProgressLine {
  readonly #output: ProgramOutput
  readonly #isShown: boolean
  #timer: NodeJS.Timeout | undefined
  #isDrawn = false

  /** @param isShown - whether there is a terminal; otherwise nothing is ever printed */
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

  /** Makes room for another line; the next moment draws this one again. */
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
