/**
 * Watches which texts are looked up: V8 hashes a text of more than 16,383 characters by its length alone, so a map of
 * such texts is a list.
 */

/** Most characters that V8 hashes. */
export const hashedUnitsMax = 16_383

/** The length of the longest text that a `Map` or a `Set` is asked for while `perform` runs. */
export function longestKeyIn(perform: () => void): number {
  let longest = 0
  const watched = [
    [Map.prototype, 'get'],
    [Map.prototype, 'set'],
    [Map.prototype, 'has'],
    [Set.prototype, 'add'],
    [Set.prototype, 'has'],
  ] as const
  const originals = watched.map(([owner, name]) => Object.getOwnPropertyDescriptor(owner, name)!)
  for (const [index, [owner, name]] of watched.entries()) {
    const original = originals[index]!.value as (this: unknown, ...parameters: unknown[]) => unknown
    Object.defineProperty(owner, name, {
      ...originals[index],
      value(this: unknown, ...parameters: unknown[]) {
        const [key] = parameters
        if (typeof key === 'string' && key.length > longest) longest = key.length
        return original.apply(this, parameters)
      },
    })
  }
  try {
    perform()
  } finally {
    for (const [index, [owner, name]] of watched.entries()) Object.defineProperty(owner, name, originals[index]!)
  }
  return longest
}
