/**
 * Decides what is counted in a workflow, and where: each function of its author when it is entered, and each line of
 * their source where the compiled code reaches it. Libraries have no probes and so cost nothing.
 */
import { ByteCursor, isLibraryFunction, isLibrarySource, readFunctionName, readFunctionNames } from '@slung/runtime'
import type { OriginalModule } from '@slung/runtime'
import { nameFunction, type CountedFunction } from './name-function.ts'
import { firstInstruction, skipInstruction } from './instructions.ts'
import { readSourcePositions, type OwnPosition, type SourceLine, type SourcePositions } from './source-positions.ts'

export interface ProbePlan {
  /** What is counted; for each function and line, all its probes count together. */
  readonly functions: readonly CountedFunction[]
  /** Empty without a source map. */
  readonly lines: readonly SourceLine[]
  /** `null` without a source map that can be read. */
  readonly sourceMap: Pick<SourcePositions, 'sourceRoot' | 'sources'> | null
  /** Offsets in the file of the instructions that a probe goes before, ascending. */
  readonly offsets: readonly number[]
  /** What each probe counts: an index of `functions`, or of `lines` when the length of `functions` is taken off. */
  readonly targets: readonly number[]
}

/** @throws {RangeError} for an unknown instruction; the text is a clause */
export function planProbes(original: OriginalModule): ProbePlan {
  return new Planner(original).plan()
}

class Planner {
  readonly #original: OriginalModule
  readonly #names: ReadonlyMap<number, string>
  readonly #positions: SourcePositions | null
  readonly #isOwnSource: readonly boolean[]
  readonly #functions = new Collection<CountedFunction>()
  readonly #lines = new Collection<SourceLine>()
  readonly #probes: { readonly offset: number; readonly line: boolean; readonly target: number }[] = []
  /** The next position of the source map. */
  #next = 0

  constructor(original: OriginalModule) {
    const { bytes, binary, sourceMap } = original
    const section = binary.customSections.find(({ name }) => name === 'name')
    this.#original = original
    this.#names = section === undefined ? new Map() : readFunctionNames(bytes.subarray(section.start, section.end))
    this.#positions = sourceMap === null ? null : readSourcePositions(sourceMap)
    this.#isOwnSource = this.#positions?.sources.map(({ name }) => !isLibrarySource(name)) ?? []
  }

  plan(): ProbePlan {
    const { bodyOffsets, bodyEnds, importedFunctionCount } = this.#original.binary
    for (const [index, start] of bodyOffsets.entries()) {
      this.#planBody(importedFunctionCount + index, start, bodyEnds[index]!)
    }
    const functionCount = this.#functions.items.length
    return {
      functions: this.#functions.items,
      lines: this.#lines.items,
      sourceMap: this.#positions,
      offsets: this.#probes.map(({ offset }) => offset),
      targets: this.#probes.map(({ line, target }) => (line ? functionCount + target : target)),
    }
  }

  #planBody(functionIndex: number, start: number, end: number): void {
    const { bytes, report } = this.#original
    const name = readFunctionName(this.#names.get(functionIndex) ?? `wasm-function[${functionIndex}]`)
    const positions = this.#ownPositions(start, end)
    // What the author did not write, such as setters made by the compiler, has no place in their sources.
    const isOwn = !isLibraryFunction(name, report) && (this.#positions === null || positions.length > 0)
    if (!isOwn && positions.length === 0) return
    const offset = firstInstruction(bytes, start)
    if (isOwn) {
      const named = nameFunction(name.text, positions, this.#positions?.sources ?? [])
      this.#probes.push({ offset, line: false, target: this.#functions.indexOf(name.item, named) })
    }
    if (positions.length > 0) this.#planLines(new ByteCursor(bytes, offset, end), positions)
  }

  /** Positions of the author's sources in a body. Bodies must be requested in order. */
  #ownPositions(start: number, end: number): OwnPosition[] {
    const found: OwnPosition[] = []
    if (this.#positions === null) return found
    const { offsets, sourceIndexes, lines } = this.#positions
    for (; this.#next < offsets.length && offsets[this.#next]! < end; this.#next++) {
      const offset = offsets[this.#next]!
      const source = sourceIndexes[this.#next]!
      if (offset >= start && this.#isOwnSource[source] === true) {
        found.push({ offset, source, line: lines[this.#next]! })
      }
    }
    return found
  }

  #planLines(cursor: ByteCursor, positions: readonly OwnPosition[]): void {
    let next = 0
    // Lines counted since the last branch: control that gets here has passed them.
    const counted = new Set<number>()
    while (!cursor.done) {
      const { offset } = cursor
      for (; next < positions.length && positions[next]!.offset <= offset; next++) {
        // A map that points into the middle of an instruction belongs to another module.
        if (positions[next]!.offset < offset) continue
        const { source, line } = positions[next]!
        const target = this.#lines.indexOf(`${source}:${line}`, { source, line })
        if (counted.has(target)) continue
        counted.add(target)
        this.#probes.push({ offset, line: true, target })
      }
      if (skipInstruction(cursor)) counted.clear()
    }
  }
}

/** Distinct things in the order in which they came. */
class Collection<Item> {
  readonly items: Item[] = []
  readonly #indexes = new Map<string, number>()

  indexOf(key: string, item: Item): number {
    const known = this.#indexes.get(key)
    if (known !== undefined) return known
    this.#indexes.set(key, this.items.length)
    return this.items.push(item) - 1
  }
}
