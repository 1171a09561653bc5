/**
 * What a guest thread is to a workflow, on the engine's thread: the host of staging, a guest, and two channels between
 * them and the engine instead of a message port.
 */
import {
  EndOfRun,
  HostRefusal,
  type GuestHost,
  type GuestHttpRequest,
  type GuestHttpResponse,
} from '../../src/guest/contract/guest-host.ts'
import type { GuestOutcome } from '../../src/guest/contract/guest-outcome.ts'
import type { GuestJob, GuestResult, GuestThread, HostPort } from '../../src/guest/run/guest-thread.ts'
import { RunHost } from '../../src/staging/workflow/run-host.ts'
import type { RunHostOptions } from '../../src/staging/workflow/workflow-messages.ts'
import type { VirtualTime } from '../virtual-time.ts'
import { Channel } from './channel.ts'

/** One run of a guest, to its end. */
export type SimulatedGuest = (host: GuestHost) => Promise<GuestOutcome>

/** Stands for a module: returns the exit code of `call`; throwing is a trap. */
export type ScriptedGuest = (host: GuestHost) => Promise<number>

export interface ThreadOptions {
  readonly time: VirtualTime
  readonly delayMicros: () => number
  /** Called for each run. */
  readonly startGuest: () => SimulatedGuest
  /** Called when the engine's thread is about to answer a request. */
  readonly onRequest?: (request: unknown) => void
  readonly sendHttp: (request: GuestHttpRequest) => Promise<GuestHttpResponse>
}

export class SimulatedThread implements Pick<GuestThread, 'run' | 'close'> {
  readonly #options: ThreadOptions
  #running: PromiseWithResolvers<GuestResult> | undefined

  constructor(options: ThreadOptions) {
    this.#options = options
  }

  run(job: GuestJob): Promise<GuestResult> {
    const running = Promise.withResolvers<GuestResult>()
    this.#running = running
    void this.#run(job, running)
    return running.promise
  }

  close(): Promise<void> {
    this.#running?.resolve({ outcome: { kind: 'ended', outcome: 'closed' }, report: undefined })
    this.#running = undefined
    return Promise.resolve()
  }

  async #run(job: GuestJob, running: PromiseWithResolvers<GuestResult>): Promise<void> {
    const { time, delayMicros, startGuest, onRequest, sendHttp } = this.#options
    const toEngine = new Channel(time, delayMicros)
    const toGuest = new Channel(time, delayMicros)
    /** Drops what is sent after the end of the run. */
    const whileRunning = (action: () => void) => () => {
      if (this.#running === running) action()
    }
    const port: HostPort = {
      post: (message) => toEngine.send(whileRunning(() => job.onMessage?.(message))),
      request: (request) =>
        new Promise((resolve, reject) => {
          const ask = (): void => {
            onRequest?.(request)
            job.onRequest!(request).then(
              (answer) => toGuest.send(() => resolve(answer)),
              (error: unknown) => toGuest.send(() => reject(error)),
            )
          }
          toEngine.send(whileRunning(ask))
        }),
    }
    const host = new RunHost(job.host.options as RunHostOptions, port, {
      clock: time,
      sendHttp,
      stopped: new AbortController().signal,
    })
    const outcome = await startGuest()(host)
    const result: GuestResult = { outcome, report: host.finish() }
    const finish = (): void => {
      this.#running = undefined
      running.resolve(result)
    }
    toEngine.send(whileRunning(finish))
  }
}

/** Runs a script as a guest. */
export function scripted(script: ScriptedGuest): SimulatedGuest {
  return async (host) => {
    try {
      return { kind: 'returned', code: await script(host) }
    } catch (error) {
      if (error instanceof EndOfRun) return { kind: 'ended', outcome: error.outcome }
      if (!(error instanceof GuestTrap || error instanceof HostRefusal)) throw error
      return { kind: 'trapped', trap: { code: 'unreachable', message: error.message, frames: [] } }
    }
  }
}

/** What a scripted guest throws to trap. */
export class GuestTrap extends Error {}
