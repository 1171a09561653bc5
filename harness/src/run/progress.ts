/** The progress of a command, on its terminal. Elsewhere nothing is shown. */
import { ProgressLine, type DescribeProgress } from '@slung/runtime'

/** One for the process, which has one terminal; made when it is needed, because most runs are tests. */
let line: ProgressLine | undefined

/** @param describe - what goes on, and how far it is; receives the seconds */
export async function withProgress<Result>(describe: DescribeProgress, action: () => Promise<Result>): Promise<Result> {
  line ??= new ProgressLine((text) => process.stderr.write(text))
  line.start(describe)
  try {
    return await action()
  } finally {
    line.stop(describe)
  }
}

/** For a long loop inside an action, in which timers have no turn: call it every few thousand rounds. */
export function keepShowing(): void {
  line?.tick()
}

/** `43 %` @param whole - above 0 */
export function percentOf(part: number, whole: number): string {
  return `${Math.floor((part / whole) * 100)} %`
}
