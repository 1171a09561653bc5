/** Node's timers. Each keeps the process alive until it has fired or is cancelled. */
import type { Timer, Timers } from './clock.ts'

export class SystemTimers implements Timers {
  after(millis: number, action: () => void): Timer {
    const timer = setTimeout(action, millis)
    return { cancel: () => clearTimeout(timer) }
  }

  every(millis: number, action: () => void): Timer {
    const timer = setInterval(action, millis)
    return { cancel: () => clearInterval(timer) }
  }

  atTurnEnd(action: () => void): Timer {
    const timer = setImmediate(action)
    return { cancel: () => clearImmediate(timer) }
  }
}
