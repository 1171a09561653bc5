/** Reads a table of the configuration by a list of its keys; reports keys that are not on the list. */
import { suggest } from '../../engine/text/suggest.ts'
import type { KeyPath } from './locate-keys.ts'
import { describePath, describeTable, describeValue, isTable, type Reader, type Reading } from './read-value.ts'

/** For each setting of a table, its key in the file and how to read it. */
export type TableKeys<Settings> = {
  readonly [Setting in keyof Settings]-?: readonly [key: string, read: Reader<Settings[Setting]>]
}

/** The settings that the table holds and that could be read. */
export function tableOf<Settings>(keys: TableKeys<Settings>): Reader<Partial<Settings>> {
  const entries: readonly (readonly [setting: string, key: string, read: Reader<unknown>])[] = Object.entries<
    readonly [string, Reader<unknown>]
  >(keys).map(([setting, [key, read]]) => [setting, key, read])
  const known = entries.map(([, key]) => key)
  return (table, path, reading) => {
    if (!isTable(table)) {
      const expected = path.some((part) => typeof part === 'number') ? 'a table' : `the table ${describeTable(path)}`
      reading.report(path, `${describePath(path)} is ${describeValue(table)}, expected ${expected}`)
      return undefined
    }
    const written = matchKeys(Object.keys(table), known, path, reading)
    const settings: [string, unknown][] = []
    for (const [setting, key, read] of entries) {
      const name = written.get(key)
      const value = name === undefined ? undefined : read(table[name]!, [...path, name], reading)
      if (value !== undefined) settings.push([setting, value])
    }
    return Object.fromEntries(settings) as Partial<Settings>
  }
}

/**
 * Maps each known key to its name in the table. A misspelt one is reported and then read as the key it probably means,
 * so that a slip is reported once and not again as a missing key.
 */
function matchKeys(
  names: readonly string[],
  known: readonly string[],
  path: KeyPath,
  reading: Reading,
): ReadonlyMap<string, string> {
  const written = new Map(names.filter((name) => known.includes(name)).map((name) => [name, name]))
  for (const name of names) {
    if (known.includes(name)) continue
    const home = reading.homeOf(name)
    const meant = home === null ? suggest(name, known) : null
    reading.report([...path, name], `unknown key ${describePath([...path, name])}${hintFor(home, meant, known)}`)
    if (meant !== null && !written.has(meant)) written.set(meant, name)
  }
  return written
}

function hintFor(home: string | null, meant: string | null, known: readonly string[]): string {
  if (home !== null) return `: it belongs ${home}`
  return meant === null ? `; known keys: ${known.join(', ')}` : `; did you mean "${meant}"?`
}
