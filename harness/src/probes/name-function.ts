/** What a compiled function is called in its source, and where it begins there. */
import type { MappedSource, OwnPosition, SourceLine } from './source-positions.ts'

export interface CountedFunction {
  /** Without the file. */
  readonly name: string
  /** Where it is declared, or its first compiled line where that is unknown; `null` without a source map. */
  readonly place: SourceLine | null
}

/**
 * @param name - AssemblyScript puts the file in front: `assembly/index/Watch#poll`
 * @param positions - of the code in the function, in order; inlining may have brought in those of other files and
 *   functions
 */
export function nameFunction(
  name: string,
  positions: readonly OwnPosition[],
  sources: readonly MappedSource[],
): CountedFunction {
  const source = sources.findIndex((candidate) => name.startsWith(prefixOf(candidate)))
  const first = positions.find((position) => position.source === source) ?? positions[0]
  const shortName = source === -1 ? name : name.slice(prefixOf(sources[source]!).length)
  if (first === undefined) return { name: shortName, place: null }
  const declared = first.source === source ? declarationLine(shortName, sources[source]!.content) : null
  return { name: shortName, place: { source: first.source, line: declared ?? first.line } }
}

function prefixOf({ name }: MappedSource): string {
  return `${name.replace(/\.\w+$/, '')}/`
}

/** The only line that declares a function or method of this name; `null` when several do, or none. */
function declarationLine(shortName: string, content: string | null): number | null {
  const identifier = /([\w$]+)(?:<[^#]*>)?$/.exec(shortName)?.[1]
  if (identifier === undefined || content === null) return null
  const escaped = RegExp.escape(identifier)
  const words = String.raw`(?:export |public |private |protected |static |get |set )*`
  const declaration = new RegExp(
    `^\\s*(?:@\\w+ )*(?:${words}function ${escaped}\\s*[<(]|${words}${escaped}\\s*(?:<.*>)?\\(.*\\{\\s*$)`,
  )
  const found = content.split('\n').flatMap((text, index) => (declaration.test(text) ? [index + 1] : []))
  return found.length === 1 ? found[0]! : null
}
