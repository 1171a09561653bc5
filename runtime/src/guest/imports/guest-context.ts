/**
 * What the imports of one guest instance share: its host, its memory, its output, and how the latest call went. It also
 * keeps the gate: no host call passes while the module starts, nor after the run has ended.
 */
import type { LogStream } from '../../engine/model/timeline.ts'
import { EventEncoder } from './event-json.ts'
import { SlungError } from '../../engine/model/slung-error.ts'
import { EndOfRun, HostRefusal, LimitExceeded, type GuestHost } from '../contract/guest-host.ts'
import { GuestOutput } from './guest-output.ts'
import { BadRegion, LinearMemory } from './linear-memory.ts'
import { HostCallAtStart, HostFailure, isStackOverflow } from '../contract/unwinding.ts'
import type { WasmMemory } from '../wasm/wasm-engine.ts'

export class GuestContext {
  readonly host: GuestHost
  readonly memory: LinearMemory = new LinearMemory()
  readonly output: GuestOutput = new GuestOutput((stream, text) => this.log(stream, text))
  readonly events: EventEncoder = new EventEncoder()
  /** Why the latest host call returned its sentinel; empty when it did not. */
  lastError = ''
  /** Status of the latest HTTP writeback; 0 = no response. */
  httpStatus = 0
  // Open while the guest may call: one flag, because every host call checks it.
  #open = false
  #end: unknown = undefined
  #onOutlived: (() => void) | undefined

  /** @param onOutlived - called once, inside the first host call that the guest makes after its run has ended */
  constructor(host: GuestHost, onOutlived?: () => void) {
    this.host = host
    this.#onOutlived = onOutlived
  }

  /** Opens the gate: from here on the guest has memory. */
  attach(memory: WasmMemory, allocate: (byteCount: number) => number): void {
    this.memory.attach(memory, allocate)
    this.#open = true
  }

  /** What ended the run from inside a host call, if anything did. A guest cannot undo it by catching exceptions. */
  get end(): unknown {
    return this.#end
  }

  /** Every import calls it first. @throws what ended the run, or `HostCallAtStart` */
  enter(name: string): void {
    if (this.#open) return
    if (this.#end === undefined) throw this.endWith(new HostCallAtStart(name))
    const onOutlived = this.#onOutlived
    this.#onOutlived = undefined
    onOutlived?.()
    throw this.#end
  }

  /** Closes the gate for good and returns the error to throw: the first one that ended the run. */
  endWith(error: unknown): unknown {
    this.#end ??= error
    this.#open = false
    return this.#end
  }

  /**
   * Turns what a host call threw into a refusal that the guest can ask about and the log shows.
   * The caller then returns the sentinel.
   *
   * @throws anything but a refusal, after closing the gate
   */
  refuse(name: string, error: unknown): void {
    if (!(error instanceof HostRefusal || error instanceof BadRegion)) {
      throw this.endWith(unwinding(name, error))
    }
    this.lastError = error.message
    this.log('host', `${name}: ${error.message}`)
  }

  /** Passes a text to the host's log. @throws what the host throws, after closing the gate */
  log(stream: LogStream, text: string): void {
    try {
      this.host.log(stream, text)
    } catch (error) {
      throw this.endWith(unwinding('log', error))
    }
  }

  /** Hands bytes to the guest as a Region and returns its address. @throws when the guest cannot take them */
  give(source: Uint8Array, byteCount: number): number {
    try {
      return this.memory.give(source, byteCount)
    } catch (error) {
      throw this.endWith(error)
    }
  }
}

/** What to end a run with after a host function has thrown. */
function unwinding(name: string, error: unknown): unknown {
  if (error instanceof EndOfRun || error instanceof LimitExceeded) return error
  // Its windows have grown with what was revealed to it.
  if (error instanceof SlungError && error.code === 'too-many-window-samples') return new LimitExceeded(error.message)
  // The stack is the guest's; the host was merely the one to find it used up.
  return isStackOverflow(error) ? error : new HostFailure(name, error)
}
