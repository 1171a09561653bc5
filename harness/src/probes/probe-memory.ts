/**
 * Where probes count: a second memory, which the workflow cannot see, of one number for each. It is exported whole, which takes no
 * time, while thousands of exported globals make every start of a module milliseconds slower.
 */

/** What the memory is exported as. */
export const probeMemoryName = 'slung.coverage'

export const probeBytes = 4

/**
 * How often each probe was passed, by its number; longer than there are probes. Counts start again from 0 after 2^32.
 *
 * @param exports - of a guest whose run is over
 * @returns `undefined` for a guest without probes
 */
export function readHits(exports: Readonly<Record<string, unknown>>): Uint32Array | undefined {
  const memory = exports[probeMemoryName] as { readonly buffer: ArrayBuffer } | undefined
  return memory === undefined ? undefined : new Uint32Array(memory.buffer).slice()
}
