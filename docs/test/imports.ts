/** The imports of the packages' sources, compared with the rooms of `layers.ts`. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { layers, type Room } from '../../layers.ts'
import { repository } from './pages.ts'

type PackageName = keyof typeof layers

/** The text of every source file that is not a test, by its path from the repository's root. */
export function readSources(): Map<string, string> {
  const names = globSync('{runtime,harness}/src/**/*.ts', { cwd: repository })
  const sources = names.filter((name) => !/\.(?:test|conformance)\.ts$/.test(name)).sort()
  return new Map(sources.map((name) => [name, readFileSync(join(repository, name), 'utf8')]))
}

export interface Import {
  /** The file that imports, from the repository's root. */
  readonly file: string
  readonly from: Room
  /** The specifier as written, such as `../model/series.ts` or `vitest`. */
  readonly specifier: string
  /** The room that is imported, or the name of an npm package; `null` = a room without a row. */
  readonly target: Room | string | null
}

/** Every import between two rooms, and of every npm package; `node:` and files outside of `src` are left out. */
export function importsBetweenRooms(sources: ReadonlyMap<string, string>): Import[] {
  return [...sources].flatMap(([file, text]) => {
    const from = roomOf(file)
    if (from === null) throw new Error(`${file} is in no room of layers.ts`)
    return specifiersOf(text).flatMap((specifier): Import[] => {
      const target = targetOf(file, specifier)
      return target === undefined || target === from ? [] : [{ file, from, specifier, target }]
    })
  })
}

/** The sentence of a wrong import; `null` when the row of its room allows it. */
export function problemOf({ file, from, specifier, target }: Import): string | null {
  const isAllowed =
    typeof target === 'string' ? from.packages?.includes(target) : target !== null && from.imports.includes(target.room)
  return isAllowed === true ? null : `${file} imports "${specifier}": ${from.why} (layers.ts, "${from.room}")`
}

function targetOf(file: string, specifier: string): Room | string | null | undefined {
  if (specifier.startsWith('node:')) return undefined
  if (!specifier.startsWith('.')) return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  const path = join(file, '..', specifier)
  return /^(?:runtime|harness)\/src\//.test(path) ? roomOf(path) : path.endsWith('.ts') ? null : undefined
}

/** The row with the longest path that the file is in. */
function roomOf(file: string): Room | null {
  const [name, , ...rest] = file.split('/')
  const path = `${rest.join('/')}/`
  const rooms = layers[name as PackageName].filter(({ room }) => path.startsWith(`${room}/`))
  return rooms.sort((one, other) => other.room.length - one.room.length)[0] ?? null
}

/** What a file imports: `import`, `export … from`, `import()` of modules and of types, and the URLs of worker threads. */
function specifiersOf(text: string): string[] {
  const forms =
    /^(?:import|export)\b[^'"`]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)|\bnew URL\('(\.[^']+\.ts)'/gm
  return [...text.matchAll(forms)].map((match) => match.slice(1).find((specifier) => specifier !== undefined)!)
}
