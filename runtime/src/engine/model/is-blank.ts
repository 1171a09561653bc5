/**
 * The bytes that may surround a time, a number or a cell without being part of it.
 *
 * Only the function is shared. Each reader names the bytes it compares with, because V8 does not fold constants of
 * other modules: with shared constants, reading a fixture took an eighth longer.
 */

/** Whether a byte is a space or a tab. */
export function isBlank(byte: number): boolean {
  return byte === space || byte === tab
}

const tab = 0x09
const space = 0x20
