/** What a workflow remembers, and how it changes. */

/** A key and its new value; `null` = it is deleted. */
export type StateChange = readonly [key: string, value: Uint8Array | null]

/** The values of one workflow, by key. */
export type StateValues = ReadonlyMap<string, Uint8Array>

/** Changes a map of values, and returns it. */
export function applyChanges(
  values: Map<string, Uint8Array>,
  changes: readonly StateChange[],
): Map<string, Uint8Array> {
  for (const [key, value] of changes) {
    if (value === null) values.delete(key)
    else values.set(key, value)
  }
  return values
}
