/**
 * Says what takes so long, while it does. A test runner that stops a test for its time knows nothing of what the test
 * waited for, so this must come before.
 */
// Not the globals, which a test may have replaced with fake timers.
import { clearTimeout, setTimeout } from 'node:timers'

/** Soon enough for vitest's own limit of five seconds; ordinary runs and answers take a thousandth of it. */
const firstMillisDefault = 3000

/**
 * Prints a line to stderr while an action goes on: after three seconds of real time, and each time that has doubled.
 *
 * @param describe - called for each line; receives the seconds
 */
export async function whileSlow<Result>(
  describe: (seconds: number) => string,
  action: () => Promise<Result>,
  firstMillis: number = firstMillisDefault,
): Promise<Result> {
  let timer: NodeJS.Timeout
  const wait = (passedMillis: number, millis: number): void => {
    timer = setTimeout(() => {
      const seconds = (passedMillis + millis) / 1000
      console.warn(`slung-test: ${describe(seconds)}`)
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
