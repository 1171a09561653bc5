/**
 * One guest, instantiated over one host in this thread. Tests run it directly; the guest thread runs it inside its
 * worker.
 *
 * At most one call is in flight: suspended calls would corrupt each other's stack in linear memory. After a call that
 * did anything but return, the instance is finished, because the guest's stack pointer stays where it was.
 */
import { SlungError } from '../../engine/model/slung-error.ts'
import { pageBytes } from '../contract/abi.ts'
import { GuestContext } from '../imports/guest-context.ts'
import { EndOfRun, type FinishedGuest, type GuestHost } from '../contract/guest-host.ts'
import { describeOutcome, type GuestOutcome } from '../contract/guest-outcome.ts'
import { createHostImports } from '../imports/host-imports.ts'
import type { GuestModule } from '../load/load-guest.ts'
import { Pulse } from '../contract/pulse.ts'
import { explainTrap } from '../trap/trap.ts'
import { GuestExit } from '../contract/unwinding.ts'
import { stackPointerExport } from '../wasm/stack-pointer.ts'
import { wasmEngine, type WasmMemory } from '../wasm/wasm-engine.ts'

export interface GuestInstanceOptions {
  /** Beats at each poll of this guest. */
  readonly pulse?: Pulse
  /**
   * Receives the outcome, once, when the guest calls the host although its run has ended: it catches what should unwind
   * it, so `call` may never return. Only the owner of the thread can end it.
   */
  readonly onOutlived?: (outcome: GuestOutcome) => void
}

/** The exports that `checkModule` has verified. */
interface GuestExports {
  readonly memory: WasmMemory
  readonly allocate: (byteCount: number) => number
  readonly call?: () => number
  readonly _start?: () => void
  readonly _initialize?: () => void
  readonly [stackPointerExport]?: { readonly value: number }
}

export class GuestInstance {
  readonly #module: GuestModule
  readonly #context: GuestContext
  readonly #pulse: Pulse
  #exports: GuestExports | undefined
  /** Where the guest's own stack begins. */
  #stackInitial = 0
  #calling = false
  // Why no further call is possible; empty while one is.
  #finished = ''

  /** Prepares an instance; nothing of the guest runs before the first call. The host serves this instance alone. */
  constructor(module: GuestModule, host: GuestHost, options: GuestInstanceOptions = {}) {
    this.#module = module
    this.#context = new GuestContext(host, () => options.onOutlived?.(this.#conclude(0)))
    this.#pulse = options.pulse ?? new Pulse()
  }

  /**
   * Runs the guest's entry, after starting the module on the first call. Anything the guest does becomes an outcome;
   * none of it is thrown.
   *
   * @throws {SlungError} `guest-busy` while a call is in flight; `guest-finished` after one that did not return
   */
  async call(): Promise<GuestOutcome> {
    const { file } = this.#module
    if (this.#calling) {
      throw new SlungError('guest-busy', `cannot call workflow "${file}": a call is in flight; use another instance`)
    }
    if (this.#finished !== '') {
      throw new SlungError(
        'guest-finished',
        `cannot call workflow "${file}" again: ${this.#finished}; use a new instance`,
      )
    }
    this.#calling = true
    const outcome = await this.#run()
    this.#calling = false
    return outcome
  }

  /** The guest's memory and exports, between calls and after the last one. */
  get remains(): FinishedGuest {
    const { memory } = this.#context
    return { memory: memory.view(0, memory.byteLength), exports: { ...this.#exports } }
  }

  async #run(): Promise<GuestOutcome> {
    let code = 0
    try {
      code = await this.#enter()
    } catch (error) {
      this.#context.endWith(error)
    }
    return this.#conclude(code)
  }

  /** Concludes a run. @param code - what the entry returned, if nothing ended the run */
  #conclude(code: number): GuestOutcome {
    const context = this.#context
    try {
      context.output.flush()
    } catch {
      // The context has kept what the log threw.
    }
    if (context.end === undefined) return { kind: 'returned', code }
    const outcome = this.#describe(context.end)
    this.#finished = `its last call ${describeOutcome(outcome)}`
    return outcome
  }

  async #enter(): Promise<number> {
    const { call, _start: start } = this.#exports ?? (await this.#start())
    if (call !== undefined) return await wasmEngine.promising(call)()
    await wasmEngine.promising(start!)()
    this.#finished = 'its _start has returned, and runs only once'
    return 0
  }

  async #start(): Promise<GuestExports> {
    const { module, report } = this.#module
    const instance = new wasmEngine.Instance(module, createHostImports(this.#context, this.#pulse, report.imports))
    const exports = instance.exports as unknown as GuestExports
    this.#context.attach(exports.memory, exports.allocate)
    this.#exports = exports
    this.#stackInitial = exports[stackPointerExport]?.value ?? 0
    const { _initialize: initialize } = exports
    if (initialize !== undefined) await wasmEngine.promising(initialize)()
    return exports
  }

  #describe(error: unknown): GuestOutcome {
    if (error instanceof GuestExit) return { kind: 'returned', code: error.code }
    if (error instanceof EndOfRun) return { kind: 'ended', outcome: error.outcome }
    const context = this.#context
    const pointer = this.#exports?.[stackPointerExport]
    return {
      kind: 'trapped',
      trap: explainTrap(error, {
        module: this.#module,
        starting: this.#exports === undefined,
        memoryPages: context.memory.byteLength / pageBytes,
        stackPointer: pointer === undefined ? null : { initial: this.#stackInitial, current: pointer.value },
        recentErrors: context.output.recentErrors,
      }),
    }
  }
}
