/**
 * Says what takes so long, while it does. A test runner that stops a test for its time knows nothing of what the test
 * waited for, so this must come before.
 */
// Not the globals, which a test may have replaced with fake timers.
import { clearTimeout, setTimeout } from 'node:timers'
import { showsProgress } from '@slung/runtime'
import { withProgress } from './progress.ts'

/** Soon enough for vitest's own limit of five seconds; ordinary runs and answers take a thousandth of it. */
const firstMillisDefault = 3000

export interface SlowWords {
  /** A sentence without a full stop; receives the seconds. */
  readonly describe: (seconds: number) => string
  /** The same as one line of a terminal, which is rewritten. */
  readonly progress: (seconds: number) => string
}

/**
 * Prints a line to stderr while an action goes on: after three seconds of real time, and each time that has doubled. On
 * a terminal, it shows the progress instead.
 */
export async function whileSlow<Result>(
  { describe, progress }: SlowWords,
  action: () => Promise<Result>,
  firstMillis: number = firstMillisDefault,
): Promise<Result> {
  if (showsProgress()) return await withProgress(progress, action)
  let timer: NodeJS.Timeout
  const wait = (passedMillis: number, millis: number): void => {
    timer = setTimeout(() => {
      const seconds = (passedMillis + millis) / 1000
      console.warn(describe(seconds))
      wait(passedMillis + millis, passedMillis + millis)
    }, millis).unref()
  }
  wait(0, firstMillis)
  try {
    return await action()
  } finally {
    clearTimeout(timer!)
  }
}
