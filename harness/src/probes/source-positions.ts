/**
 * Reads a source map of a WebAssembly module whole: it has one line, in which a column is a byte offset
 * (https://tc39.es/ecma426/). Node's own reader only answers for one offset at a time.
 */

export interface SourcePositions {
  /** What relative sources are relative to; empty = the folder of the map. */
  readonly sourceRoot: string
  readonly sources: readonly MappedSource[]
  /** Offsets of instructions that the map names, ascending. */
  readonly offsets: Uint32Array
  /** For each offset, an index of `sources`; −1 = the code has no source. */
  readonly sourceIndexes: Int32Array
  /** For each offset, the 1-based line. */
  readonly lines: Uint32Array
  /** For each offset, the 0-based column. */
  readonly columns: Uint32Array
}

export interface MappedSource {
  /** As the compiler named it. */
  readonly name: string
  /** Text of the file; `null` when the map does not have it. */
  readonly content: string | null
}

export interface SourceLine {
  /** An index of the map's sources. */
  readonly source: number
  /** From 1. */
  readonly line: number
}

/** Where in the author's sources an instruction comes from. */
export interface OwnPosition extends SourceLine {
  /** From 0. */
  readonly column: number
  /** Of the instruction, in the file of the module. */
  readonly offset: number
}

/** The part of a source map that is read here. */
interface SourceMapJson {
  readonly sourceRoot?: string
  readonly sources: readonly string[]
  readonly sourcesContent?: readonly (string | null)[]
  readonly mappings: string
}

/** @returns `null` for a text that is not a source map: maps are optional */
export function readSourcePositions(text: string): SourcePositions | null {
  try {
    const { sourceRoot = '', sources, sourcesContent = [], mappings } = JSON.parse(text) as SourceMapJson
    return {
      sourceRoot,
      sources: sources.map((name, index) => ({ name, content: sourcesContent[index] ?? null })),
      ...readMappings(mappings),
    }
  } catch {
    return null
  }
}

/**
 * Segments are separated by commas; each has a byte offset and perhaps a source, a line and a column, all as
 * differences.
 */
function readMappings(mappings: string): Omit<SourcePositions, 'sourceRoot' | 'sources'> {
  const offsets: number[] = []
  const sourceIndexes: number[] = []
  const lines: number[] = []
  const columns: number[] = []
  const fields = [0, 0, 0, 0, 0]
  let field = 0
  let value = 0
  let shift = 0
  const endSegment = (): void => {
    if (field > 0) {
      offsets.push(fields[0]!)
      sourceIndexes.push(field < 4 ? -1 : fields[1]!)
      lines.push(fields[2]! + 1)
      columns.push(fields[3]!)
    }
    field = 0
  }
  const [line = ''] = mappings.split(';', 1)
  for (let index = 0; index < line.length; index++) {
    const code = line.charCodeAt(index)
    if (code === comma) {
      endSegment()
      continue
    }
    const digit = digits[code]!
    value += (digit & 31) * 2 ** shift
    shift += 5
    if ((digit & 32) !== 0) continue
    fields[field]! += (value & 1) === 1 ? -(value - 1) / 2 : value / 2
    field++
    value = 0
    shift = 0
  }
  endSegment()
  return {
    offsets: Uint32Array.from(offsets),
    sourceIndexes: Int32Array.from(sourceIndexes),
    lines: Uint32Array.from(lines),
    columns: Uint32Array.from(columns),
  }
}

const comma = 44

/** The value of each base64 digit by its character code. */
const digits = new Uint8Array(128)
for (const [value, digit] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries()) {
  digits[digit.charCodeAt(0)] = value
}
