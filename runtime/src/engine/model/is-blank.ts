/**
 * What may stand around a time, a number or a cell without belonging to it.
 *
 * Only the function is shared. The bytes that readers compare with are named in each of them, because V8 does not fold
 * constants of other modules: reading a fixture took an eighth longer with them.
 */

/** Whether a byte is a space or a tab. */
export function isBlank(byte: number): boolean {
  return byte === space || byte === tab
}

const tab = 0x09
const space = 0x20
