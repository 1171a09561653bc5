/**
 * A thread that runs guests, one at a time, and outlives them: the main side. A guest that spins cannot block the
 * program, because its watchdog ends the thread; the next run gets a new one. Waiting (for HTTP, for Events) happens
 * inside the thread through suspended calls.
 */
import { Worker } from 'node:worker_threads'
import { SlungError } from '../../engine/model/slung-error.ts'
import { EndOfRun, HostRefusal, LimitExceeded, type FinishedGuest, type GuestHost } from '../contract/guest-host.ts'
import type { GuestOutcome, GuestTrapCode } from '../contract/guest-outcome.ts'
import type { GuestModule } from '../load/load-guest.ts'
import { Pulse } from '../contract/pulse.ts'
import type { FromWorker, HostChoice, ThreadFailure, ToWorker, WorkerData } from './thread-messages.ts'
import { Watchdog } from './watchdog.ts'

export interface GuestThreadOptions {
  /**
   * Most mebibytes of JavaScript heap for the host and engine in the thread; 1,024 if left out. Beyond it the run is
   * trapped as `memory-exhausted`. The guest's linear memory is not part of it.
   */
  readonly heapMebibytesMax?: number
  /** What to do about a run that reached it, as the end of its message. */
  readonly heapRemedy?: string
}

// Samples are kept outside the heap: a replay of five million takes some 25 MiB of it.
const heapMebibytesMaxDefault = 1024
// At its limit a thread gets 16 MiB more to end in. All young objects may move there together, and if they take more
// than that, the engine ends the process: on Node 24, whose default is 48 MiB, every few runs; with this, never in 88.
const youngMebibytesMax = 16

export interface GuestJob {
  readonly module: GuestModule
  readonly host: HostChoice
  /** Processor time the guest may use between two polls, in milliseconds. */
  readonly watchdogMillis: number
  /** Receives what the host posts, in order. */
  readonly onMessage?: (message: unknown) => void
  /** Answers what the host requests; `HostRefusal`, `LimitExceeded` and `EndOfRun` keep their meaning on the other side. */
  readonly onRequest?: (request: unknown) => Promise<unknown>
  /** The buffers of an answer that move to the thread instead of being copied: nobody may use them any more. */
  readonly buffersOf?: (answer: unknown) => readonly ArrayBuffer[]
}

export interface GuestResult {
  readonly outcome: GuestOutcome
  /** What `finish` of the host returned; `undefined` when the thread had to be terminated first. */
  readonly report: unknown
}

/** How a host inside the thread talks to the program outside. */
export interface HostPort {
  /** Sends immediately and in order: nothing is lost when the thread is terminated later. */
  post(message: unknown): void
  /** Asks and waits. @throws what `onRequest` threw: `HostRefusal`, `LimitExceeded`, `EndOfRun`, or an `Error` with the same text */
  request(message: unknown): Promise<unknown>
}

/** Creates a host on a guest thread: what the module of a `HostChoice` exports as `createGuestHost`. */
export type CreateGuestHost = (
  options: unknown,
  port: HostPort,
) => GuestHost & { finish?(guest: FinishedGuest): unknown }

interface Run {
  readonly id: number
  readonly job: GuestJob
  readonly watchdog: Watchdog
  readonly resolve: (result: GuestResult) => void
  readonly reject: (error: unknown) => void
  /** Processor time after which the watchdog ended the thread. */
  stuckMillis: number | undefined
}

export class GuestThread {
  readonly #heapMebibytesMax: number
  readonly #heapRemedy: string
  #pulse = new Pulse()
  #worker: Worker | undefined
  /** What the worker ran last: it need not be sent again, and with its source map a module can have megabytes. */
  #loaded: GuestModule | undefined
  #run: Run | undefined
  #runCount = 0
  #closed = false

  /** Prepares a thread; it starts with its first run. */
  constructor(options: GuestThreadOptions = {}) {
    this.#heapMebibytesMax = options.heapMebibytesMax ?? heapMebibytesMaxDefault
    this.#heapRemedy = options.heapRemedy === undefined ? '' : `; ${options.heapRemedy}`
  }

  /**
   * Runs a guest to its end.
   *
   * Resolves with the outcome, whatever the guest, its host or the thread does. An error in `onMessage` ends the thread
   * and rejects with that error.
   *
   * @throws {SlungError} `thread-busy` during another run, `thread-closed` after `close`
   * @throws {DOMException} `DataCloneError` when the host's options cannot be cloned
   */
  async run(job: GuestJob): Promise<GuestResult> {
    const { file } = job.module
    if (this.#closed) throw new SlungError('thread-closed', `cannot run workflow "${file}": its thread is closed`)
    if (this.#run !== undefined) {
      throw new SlungError(
        'thread-busy',
        `cannot run workflow "${file}": its thread is running "${this.#run.job.module.file}"`,
      )
    }
    const worker = (this.#worker ??= this.#startWorker())
    const { promise, resolve, reject } = Promise.withResolvers<GuestResult>()
    const id = ++this.#runCount
    tell(worker, { kind: 'run', run: id, module: job.module === this.#loaded ? null : job.module, host: job.host })
    this.#loaded = job.module
    worker.ref()
    const watchdog = new Watchdog({
      pulse: this.#pulse,
      cpuUsage: () => worker.cpuUsage(),
      cpuMillisMax: job.watchdogMillis,
      onStuck: (cpuMillis) => {
        if (this.#run?.id !== id) return
        this.#run.stuckMillis = cpuMillis
        void worker.terminate()
      },
    })
    this.#run = { id, job, watchdog, resolve, reject, stuckMillis: undefined }
    return promise
  }

  /** Ends the thread. A run in flight resolves as `ended` with the outcome `closed`. */
  async close(): Promise<void> {
    this.#closed = true
    const worker = this.#worker
    this.#settle({ outcome: { kind: 'ended', outcome: 'closed' }, report: undefined })
    this.#worker = undefined
    await worker?.terminate()
  }

  #startWorker(): Worker {
    // A thread that is being terminated may still write to the old one.
    this.#pulse = new Pulse()
    this.#loaded = undefined
    const workerData: WorkerData = { pulse: this.#pulse.buffer }
    const resourceLimits = {
      maxOldGenerationSizeMb: this.#heapMebibytesMax,
      maxYoungGenerationSizeMb: youngMebibytesMax,
    }
    const worker = new Worker(workerFile, { name: 'slung-guest', workerData, resourceLimits })
    worker.on('message', (message: FromWorker) => {
      if (worker === this.#worker && message.run === this.#run?.id) this.#receive(worker, this.#run, message)
    })
    worker.on('messageerror', (error) => this.#lose(worker, 'host-failure', error.message))
    worker.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') this.#lose(worker, 'memory-exhausted', this.#describeFullHeap())
      else this.#lose(worker, 'host-failure', error.message)
    })
    worker.on('exit', (code) => this.#lose(worker, 'host-failure', `it exited with code ${code}`))
    worker.unref()
    return worker
  }

  #describeFullHeap(): string {
    const limit = `reached the memory limit of ${this.#heapMebibytesMax} MiB for what is beside the guest's own memory`
    return `it ${limit}: exceptions that the guest keeps, Events that wait, and the series of its queries${this.#heapRemedy}`
  }

  #receive(worker: Worker, run: Run, message: FromWorker): void {
    switch (message.kind) {
      case 'message':
        try {
          run.job.onMessage?.(message.message)
        } catch (error) {
          this.#worker = undefined
          this.#takeRun()?.reject(error)
          void worker.terminate()
        }
        break
      case 'request':
        void answer(worker, run.job, message.id, message.request)
        break
      case 'done':
        worker.unref()
        if (message.outlived) {
          this.#worker = undefined
          void worker.terminate()
        }
        this.#settle({ outcome: message.outcome, report: message.report })
        break
    }
  }

  /** The thread is gone, or no longer usable. What it posted before has been received: `exit` comes last. */
  #lose(worker: Worker, code: GuestTrapCode, reason: string): void {
    if (worker !== this.#worker) return
    this.#worker = undefined
    void worker.terminate()
    const stuckMillis = this.#run?.stuckMillis
    const outcome: GuestOutcome =
      stuckMillis === undefined
        ? { kind: 'trapped', trap: { code, message: `the guest's thread ended: ${reason}`, frames: [] } }
        : { kind: 'stuck', cpuMillis: stuckMillis }
    this.#settle({ outcome, report: undefined })
  }

  #settle(result: GuestResult): void {
    this.#takeRun()?.resolve(result)
  }

  #takeRun(): Run | undefined {
    const run = this.#run
    this.#run = undefined
    run?.watchdog.stop()
    return run
  }
}

// Both sides are built together, and both run unbuilt under Node's type stripping.
const workerFile = new URL(`./guest-thread-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)

function tell(worker: Worker, message: ToWorker, moved: readonly ArrayBuffer[] = []): void {
  worker.postMessage(message, moved)
}

async function answer(worker: Worker, job: GuestJob, request: number, message: unknown): Promise<void> {
  try {
    if (job.onRequest === undefined) throw new Error('the host sent a request, but its job has no onRequest')
    const value = await job.onRequest(message)
    tell(worker, { kind: 'answer', request, value }, job.buffersOf?.(value))
  } catch (error) {
    tell(worker, { kind: 'failure', request, failure: describeFailure(error) })
  }
}

function describeFailure(error: unknown): ThreadFailure {
  if (error instanceof EndOfRun) return { kind: 'end', text: error.outcome }
  const text = error instanceof Error ? error.message : String(error)
  if (error instanceof LimitExceeded) return { kind: 'limit', text }
  return { kind: error instanceof HostRefusal ? 'refusal' : 'other', text }
}
