/**
 * States what must hold inside our own code. A failure is our bug, never the fault of the caller's input.
 *
 * @throws {Error} when `condition` is false; the message calls it a bug
 */
export function assert(condition: boolean, whatMustHold: string): asserts condition {
  if (!condition) throw new Error(`BUG in slung: ${whatMustHold}`)
}
