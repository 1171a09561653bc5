/** The line at the bottom of a terminal that shows the progress of what takes long: rewritten, and erased at the end. */
// Not the globals, which a test may have replaced with fake timers.
import { clearInterval, setInterval } from 'node:timers'
import { isCI } from './is-ci.ts'

/** Most runs are over by then, and a line that only flashes says nothing. */
const firstMillisDefault = 2000
/** Often enough to look alive. */
const intervalMillis = 100
/** Back to the first column, and erases the line (ECMA-48: EL). */
const clearLine = '\r\u001b[2K'

/** What is said about something that goes on. */
export type DescribeProgress = (seconds: number) => string

export class ProgressLine {
  readonly #write: (text: string) => void
  readonly #isShown: boolean
  readonly #firstMillis: number
  readonly #tasks = new Map<DescribeProgress, number>()
  #timer: NodeJS.Timeout | undefined
  #drawnAt = 0
  #isDrawn = false

  /**
   * @param write - to the terminal
   * @param isShown - otherwise nothing is ever printed
   */
  constructor(
    write: (text: string) => void,
    isShown: boolean = showsProgress(),
    firstMillis: number = firstMillisDefault,
  ) {
    this.#write = write
    this.#isShown = isShown
    this.#firstMillis = firstMillis
  }

  /**
   * Shows a task from two seconds after this call on, until `stop`. Tasks that go on at the same time share the line.
   *
   * @param describe - one line without its end; receives the whole seconds since this call
   */
  start(describe: DescribeProgress): void {
    if (!this.#isShown) return
    this.#tasks.set(describe, performance.now())
    this.#timer ??= setInterval(() => this.#draw(), intervalMillis).unref()
  }

  /** Redraws the line when it is time. For work that is not interrupted, in which no timer has a turn. */
  tick(): void {
    if (this.#tasks.size > 0 && performance.now() - this.#drawnAt >= intervalMillis) this.#draw()
  }

  /** Makes room for another line; this one reappears shortly after. */
  clear(): void {
    if (!this.#isDrawn) return
    this.#write(clearLine)
    this.#isDrawn = false
  }

  /** Ends a task that was started; the line is erased, and reappears for those that go on. */
  stop(describe: DescribeProgress): void {
    this.#tasks.delete(describe)
    this.clear()
    if (this.#tasks.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #draw(): void {
    const now = performance.now()
    this.#drawnAt = now
    const lines = [...this.#tasks]
      .filter(([, startedAt]) => now - startedAt >= this.#firstMillis)
      .map(([describe, startedAt]) => describe(Math.floor((now - startedAt) / 1000)))
    if (lines.length === 0) return
    // A line that is wrapped could not be erased.
    this.#write(`${clearLine}${lines.join('; ').slice(0, (process.stderr.columns || 80) - 1)}`)
    this.#isDrawn = true
  }
}

/** Whether a person may be looking at stderr: it is a terminal, and this is no CI job, some of which have one. */
export function showsProgress(): boolean {
  return process.stderr.isTTY && !isCI()
}
