/**
 * States what must hold inside our own code. A failure is a bug of ours, never of the caller's input.
 *
 * @throws {Error} when `condition` is false; the text says that it is a bug
 */
export function assert(condition: boolean, whatMustHold: string): asserts condition {
  if (!condition) throw new Error(`BUG in slung: ${whatMustHold}`)
}
