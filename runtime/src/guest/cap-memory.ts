/**
 * The memory cap: the maximum that a module's memory section states is lowered (or added) before it is compiled, so the
 * engine itself refuses to grow past it. Worker resource limits do not do this: they leave WebAssembly memory alone.
 */
import type { WasmBinary } from './wasm-binary.ts'

/** Most pages of 64 KiB a guest's memory may have unless told otherwise: 256 MiB. */
export const memoryPagesMaxDefault = 4096

export interface CappedModule {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** The maximum now in force. */
  readonly memoryPagesMax: number
  /** How far everything after the memory section moved; offsets in a source map count without it. */
  readonly shiftBytes: number
}

/**
 * Copies a module with its memory's maximum at most `memoryPagesMax`.
 *
 * The module must have passed `checkModule`: it defines one plain memory whose initial size is within the cap.
 */
export function capMemory(bytes: Uint8Array, binary: WasmBinary, memoryPagesMax: number): CappedModule {
  const memory = binary.memories[0]!
  const { header, end } = binary.memorySection!
  const maximum = Math.min(memory.maximumPages ?? memoryPagesMax, memoryPagesMax)
  const payload = [1, 1, ...encodeUnsigned(memory.initialPages), ...encodeUnsigned(maximum)]
  const section = [5, ...encodeUnsigned(payload.length), ...payload]
  const shiftBytes = section.length - (end - header)
  const capped = new Uint8Array(bytes.length + shiftBytes)
  capped.set(bytes.subarray(0, header))
  capped.set(section, header)
  capped.set(bytes.subarray(end), header + section.length)
  return { bytes: capped, memoryPagesMax: maximum, shiftBytes }
}

function encodeUnsigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest >= 128) {
    bytes.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
  return bytes
}
