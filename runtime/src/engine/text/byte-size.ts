/**
 * Sizes as settings write them: bytes, decimal units (kB = 1,000) and binary units (KiB = 1,024), in any letter case.
 */

const bytesByUnit: ReadonlyMap<string, number> = new Map([
  ['b', 1],
  ...['k', 'm', 'g', 't'].flatMap((prefix, index): [string, number][] => [
    [`${prefix}b`, 1000 ** (index + 1)],
    [`${prefix}ib`, 1024 ** (index + 1)],
  ]),
])

/**
 * Returns the number of bytes, a safe integer; `null` when the text is not a size, or exceeds that range. A bare number
 * counts bytes.
 *
 * @example parseByteSize('64KiB') // 65_536
 */
export function parseByteSize(text: string): number | null {
  const [, count, unit = 'b'] = /^(\d+) *([a-z]+)?$/i.exec(text.trim()) ?? []
  const unitBytes = bytesByUnit.get(unit.toLowerCase())
  if (count === undefined || unitBytes === undefined) return null
  const bytes = Number(count) * unitBytes
  return Number.isSafeInteger(bytes) ? bytes : null
}
