/**
 * The errors, besides `EndOfRun`, that unwind a guest's stack to end its call. `guest-instance.ts` catches them, so an
 * embedder never sees them; they carry what `trap.ts` or the outcome needs.
 */

/** The guest called `proc_exit`. */
export class GuestExit extends Error {
  override readonly name = 'GuestExit'
  /** As passed by the guest; an i32, like what `call` returns. */
  readonly code: number

  constructor(code: number) {
    super(`the guest exited with code ${code}`)
    this.code = code
  }
}

/** The guest called AssemblyScript's `abort`. */
export class GuestAbort extends Error {
  override readonly name = 'GuestAbort'
  /** Empty when the guest left no text, or an unreadable one. */
  readonly text: string
  readonly file: string
  readonly line: number
  readonly column: number

  constructor(text: string, file: string, line: number, column: number) {
    super(`abort: ${text}`)
    this.text = text
    this.file = file
    this.line = line
    this.column = column
  }
}

/** A host call that needs the guest's memory, made while the module's start section runs. */
export class HostCallAtStart extends Error {
  override readonly name = 'HostCallAtStart'
  readonly hostFunction: string

  constructor(hostFunction: string) {
    super(`${hostFunction} was called while the module was starting`)
    this.hostFunction = hostFunction
  }
}

/**
 * The guest broke its side of the memory contract where no sentinel can say so: `allocate` returned a useless address.
 */
export class BadAllocation extends Error {
  override readonly name = 'BadAllocation'
  readonly address: number

  constructor(byteCount: number, address: number, memoryBytes: number) {
    super(
      address === 0
        ? `the guest's allocate(${byteCount}) returned 0: it has no memory for an answer`
        : `the guest's allocate(${byteCount}) returned ${address}, outside its ${memoryBytes} bytes of memory`,
    )
    this.address = address
  }
}

/** An implementation of a host call threw something that it must not throw. */
export class HostFailure extends Error {
  override readonly name = 'HostFailure'

  constructor(hostFunction: string, cause: unknown) {
    super(`${hostFunction} failed inside the host: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
  }
}

/** Whether the engine's own stack is used up, which a host function may be the first to notice. */
export function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes('call stack')
}
