/** How a run of a guest ended: a closed list, plain data, safe to send between threads. */

export type GuestOutcome =
  /** `call` returned, or the guest called `proc_exit`: an i32 in both cases. 0 ok, 1 error, 2 panic by convention. */
  | { readonly kind: 'returned'; readonly code: number }
  /** The host ended it with `EndOfRun`; `outcome` is the host's word. */
  | { readonly kind: 'ended'; readonly outcome: string }
  | { readonly kind: 'trapped'; readonly trap: GuestTrap }
  /** The watchdog stopped it: it used this much processor time without a poll. */
  | { readonly kind: 'stuck'; readonly cpuMillis: number }

export interface GuestTrap {
  readonly code: GuestTrapCode
  /** One sentence: what happened, with the guest's own panic or abort text where it left one. */
  readonly message: string
  /** The guest's own frames, innermost first; library and runtime frames trimmed. */
  readonly frames: readonly GuestFrame[]
}

export type GuestTrapCode =
  | 'unreachable'
  | 'abort'
  | 'memory-out-of-bounds'
  | 'table-out-of-bounds'
  | 'divide-by-zero'
  | 'integer-overflow'
  | 'bad-conversion'
  | 'bad-indirect-call'
  | 'stack-overflow'
  | 'memory-exhausted'
  | 'start-failed'
  | 'host-failure'

export interface GuestFrame {
  /** Demangled; `wasm-function[12]` where the module has no name for it. */
  readonly function: string
  /** `file:line:column` from the source map, where there is one. */
  readonly location: string | null
}

/** How a run ended, as the end of a sentence about it: `trapped: division by zero`. */
export function describeOutcome(outcome: GuestOutcome): string {
  switch (outcome.kind) {
    case 'returned':
      return `exited with code ${outcome.code}`
    case 'ended':
      return `was ended by the host (${outcome.outcome})`
    case 'trapped':
      return `trapped: ${outcome.trap.message}`
    case 'stuck':
      return `was stopped by the watchdog: it computed for ${outcome.cpuMillis} ms without a poll`
  }
}
