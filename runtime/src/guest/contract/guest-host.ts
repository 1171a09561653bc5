/**
 * Everything a guest may ask of the world, in guest words: the contract between the WebAssembly border (this folder)
 * and the program that runs a workflow. `slung-test` implements it over a replay in virtual time, the reference runtime
 * over sockets.
 *
 * The border checks pointers, lengths and UTF-8 and turns answers into the sentinels of `docs/abi.md`.
 * An implementation speaks in values, and refuses by throwing `HostRefusal`: the guest then sees the sentinel,
 * `slung.last_error` has the reason, and so has the log (stream `host`). Any method may throw `EndOfRun`, and
 * `LimitExceeded`; anything else it throws ends the run as a trap `host-failure`.
 */
import type { GuestState } from './guest-state.ts'
import type { LiveEvent, ProducerId } from '../../engine/model/live-event.ts'
import type { HttpMethod, LogStream } from '../../engine/model/timeline.ts'
import type { Micros } from '../../engine/model/timestamp.ts'

export interface GuestHost {
  /** Microseconds since the Unix epoch on the host's clock. */
  now(): Micros

  /** Fills `target` with random bytes (seeded in a replay). */
  fillRandom(target: Uint8Array): void

  /**
   * Whether the methods that may answer with a promise ever do. A promise parks the guest until it settles.
   * Being able to wait costs the guest 0.1 µs per call, so the host declares it beforehand; HTTP always waits.
   */
  readonly waits: boolean

  /** Subscribes. Returns a handle ≥ 1 that this guest alone may use. @throws {HostRefusal} */
  queryLive(query: string): number | Promise<number>

  /** Evaluates once; NaN = AVG, MIN or MAX of nothing. @throws {HostRefusal} */
  queryHistory(query: string): number | Promise<number>

  /**
   * The next Event of a handle, or `undefined` for nothing now or an unknown handle; the border knows which, and says so.
   * Handle 0 stands for all numbers that cannot be a handle.
   */
  pollHandle(handle: number): LiveEvent | undefined | Promise<LiveEvent | undefined>

  /** Frees a handle. Returns false for an unknown one, which the border tells the guest and the log. */
  freeHandle(handle: number): boolean

  /** Writes one sample; the three texts are as the guest sent them. @throws {HostRefusal} */
  writeEvent(timestamp: string, value: string, tags: string): void | Promise<void>

  /** Sends a text frame to a producer. @throws {HostRefusal} for an unknown or closed connection */
  writebackWs(producer: ProducerId, text: string): void | Promise<void>

  /**
   * Performs one HTTP request; resolves with the response, whatever its status.
   *
   * @throws {HostRefusal} without a response
   */
  writebackHttp(request: GuestHttpRequest): Promise<GuestHttpResponse>

  /** One complete line of output, without its line end. A text of the stream `host` may have several lines. */
  log(stream: LogStream, text: string): void

  /** What the workflow remembers. */
  readonly state: Pick<GuestState, 'get' | 'set' | 'delete'>

  /** What WASI `environ_get` shows. Empty for an isolated guest. */
  readonly environment: Readonly<Record<string, string>>
}

export interface GuestHttpRequest {
  readonly method: HttpMethod
  readonly url: string
  /** Yours to keep. */
  readonly body: Uint8Array
}

export interface GuestHttpResponse {
  readonly status: number
  readonly body: Uint8Array
}

/** What remains of a guest after its run, however it ended; read it before anything else runs. */
export interface FinishedGuest {
  /** Its linear memory, not a copy; empty when the module did not start. */
  readonly memory: Uint8Array
  /** Everything it exports, by name; empty when the module did not start. */
  readonly exports: Readonly<Record<string, unknown>>
}

/** "No" with a reason, which reaches the guest as its sentinel; never ends the run. */
export class HostRefusal extends Error {
  override readonly name = 'HostRefusal'
}

/** Thrown by a host when the guest has used up what the host gives it: ends the run as a trap `memory-exhausted`. */
export class LimitExceeded extends Error {
  override readonly name = 'LimitExceeded'
}

/**
 * Thrown by a host to end the run from inside a host call: the guest's stack is unwound and none of it runs again.
 * `outcome` is the host's own word and comes back unchanged as the result of the run.
 */
export class EndOfRun extends Error {
  override readonly name = 'EndOfRun'
  readonly outcome: string

  constructor(outcome: string) {
    super(`the host ended the run: ${outcome}`)
    this.outcome = outcome
  }
}
