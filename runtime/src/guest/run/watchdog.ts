/**
 * Watches a guest from another thread and detects when it is stuck: it burns processor time and does not poll.
 *
 * Wall time would not do: a guest that waits for HTTP or for its next Event is fine for as long as it takes, and on a
 * busy machine a healthy guest may get no turn. A waiting guest burns nothing.
 */
import type { Pulse } from '../contract/pulse.ts'

export interface WatchdogOptions {
  readonly pulse: Pulse
  /** Processor time the guest's thread has used so far, in microseconds. May reject once the thread is gone. */
  readonly cpuUsage: () => Promise<{ readonly user: number; readonly system: number }>
  /** Processor time a guest may use between two polls. */
  readonly cpuMillisMax: number
  /** Called once, with the time it has used. */
  readonly onStuck: (cpuMillis: number) => void
}

export class Watchdog {
  readonly #options: WatchdogOptions
  readonly #periodMillis: number
  #timer: NodeJS.Timeout | undefined
  #seen = 0
  // Processor time when the guest was first seen at `#seen`; read after the pulse, so it never counts too much.
  #sinceMillis: number | undefined
  #stopped = false

  /** Begins to watch. Its timer does not keep the process alive. */
  constructor(options: WatchdogOptions) {
    this.#options = options
    // Often enough to end a stuck guest soon after its time is up, and rarely enough to cost nothing.
    this.#periodMillis = Math.min(250, Math.max(5, options.cpuMillisMax / 4))
    this.#schedule()
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  #schedule(): void {
    if (this.#stopped) return
    this.#timer = setTimeout(() => void this.#look(), this.#periodMillis)
    this.#timer.unref()
  }

  async #look(): Promise<void> {
    const { pulse, onStuck, cpuMillisMax } = this.#options
    const usedMillis = this.#moved(pulse.read()) ? null : await this.#readCpuMillis()
    if (this.#stopped) return
    if (usedMillis !== null && !this.#moved(pulse.read())) {
      this.#sinceMillis ??= usedMillis
      const stuckMillis = usedMillis - this.#sinceMillis
      if (stuckMillis > cpuMillisMax) {
        this.stop()
        onStuck(Math.round(stuckMillis))
      }
    }
    this.#schedule()
  }

  /** Whether the guest has polled since the last look, or no guest is running. */
  #moved(pulse: number): boolean {
    if (pulse !== 0 && pulse === this.#seen) return false
    this.#seen = pulse
    this.#sinceMillis = undefined
    return true
  }

  async #readCpuMillis(): Promise<number | null> {
    try {
      const { user, system } = await this.#options.cpuUsage()
      return (user + system) / 1000
    } catch {
      // The thread is gone; its owner hears that from the thread itself.
      return null
    }
  }
}
