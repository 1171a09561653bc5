/**
 * Where probes count: a second memory, invisible to the workflow, with one number per probe. It is exported whole,
 * which takes no time, while thousands of exported globals make every start of a module milliseconds slower.
 */

/** What the memory is exported as. */
export const probeMemoryName = 'slung.coverage'

export const probeBytes = 4

/**
 * How often each probe was passed, by its number; the array is longer than the list of probes. Counts wrap around at
 * 2^32.
 *
 * @param exports - of a guest whose run is over
 * @returns `undefined` for a guest without probes
 */
export function readHits(exports: Readonly<Record<string, unknown>>): Uint32Array | undefined {
  const memory = exports[probeMemoryName] as { readonly buffer: ArrayBuffer } | undefined
  return memory === undefined ? undefined : new Uint32Array(memory.buffer).slice()
}
