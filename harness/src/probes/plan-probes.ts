/**
 * Decides what is counted in a workflow, and where: each function of its author when it is entered, and each line of
 * their source where the compiled code reaches it. Libraries have no probes and so cost nothing.
 */
import { ByteCursor, isLibraryFunction, isLibrarySource, readFunctionName, readFunctionNames } from '@slung/runtime'
import type { OriginalModule } from '@slung/runtime'
import { findBranches, type Branch } from './find-branches.ts'
import { nameFunction, type CountedFunction } from './name-function.ts'
import { firstInstruction, skipInstruction } from './instructions.ts'
import { readSourcePositions, type OwnPosition, type SourceLine, type SourcePositions } from './source-positions.ts'

export interface ProbePlan {
  /** What is counted; for each function and line, all its probes count together. */
  readonly functions: readonly CountedFunction[]
  /** Empty without a source map. */
  readonly lines: readonly SourceLine[]
  /** Where the author's code goes one of two ways; empty without a source map. */
  readonly branches: readonly SourceLine[]
  /** `null` without a source map that can be read. */
  readonly sourceMap: Pick<SourcePositions, 'sourceRoot' | 'sources'> | null
  /** Offsets in the file of the instructions that a probe goes before, ascending. */
  readonly offsets: readonly number[]
  /**
   * What each probe counts: an index of `functions`, then of `lines`, and then two for each of `branches`: how often it
   * was reached, and how often control went on behind it.
   */
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
  readonly #branches = new Collection<SourceLine>()
  readonly #probes: Probe[] = []
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
    const first = { function: 0, line: functionCount, branch: functionCount + this.#lines.items.length }
    return {
      functions: this.#functions.items,
      lines: this.#lines.items,
      branches: this.#branches.items,
      sourceMap: this.#positions,
      offsets: this.#probes.map(({ offset }) => offset),
      targets: this.#probes.map(({ kind, target }) => first[kind] + target),
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
    const firstProbe = this.#probes.length
    if (isOwn) {
      const named = nameFunction(name.text, positions, this.#positions?.sources ?? [])
      this.#probes.push({ offset, kind: 'function', target: this.#functions.indexOf(name.item, named) })
    }
    if (positions.length === 0) return
    this.#planLines(new ByteCursor(bytes, offset, end), positions)
    this.#planBranches(findBranches(new ByteCursor(bytes, offset, end), bytes), positions)
    const probes = this.#probes.splice(firstProbe)
    this.#probes.push(...probes.sort((one, other) => one.offset - other.offset))
  }

  /** Positions of the author's sources in a body. Bodies must be requested in order. */
  #ownPositions(start: number, end: number): OwnPosition[] {
    const found: OwnPosition[] = []
    if (this.#positions === null) return found
    const { offsets, sourceIndexes, lines, columns } = this.#positions
    for (; this.#next < offsets.length && offsets[this.#next]! < end; this.#next++) {
      const offset = offsets[this.#next]!
      const source = sourceIndexes[this.#next]!
      if (offset >= start && this.#isOwnSource[source] === true) {
        found.push({ offset, source, line: lines[this.#next]!, column: columns[this.#next]! })
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
        this.#probes.push({ offset, kind: 'line', target })
      }
      if (skipInstruction(cursor)) counted.clear()
    }
  }

  /** Only branches that the map names: others belong to what stands around them, or to a library. */
  #planBranches(branches: readonly Branch[], positions: readonly OwnPosition[]): void {
    const byOffset = new Map(positions.map((position) => [position.offset, position]))
    for (const { offset, next } of branches) {
      const position = byOffset.get(offset)
      if (position === undefined) continue
      const { source, line, column } = position
      // Copies of the same code, made for other types or put in place of calls, count together.
      const target = 2 * this.#branches.indexOf(`${source}:${line}:${column}`, { source, line })
      this.#probes.push({ offset, kind: 'branch', target }, { offset: next, kind: 'branch', target: target + 1 })
    }
  }
}

interface Probe {
  readonly offset: number
  readonly kind: 'function' | 'line' | 'branch'
  /** An index of what is counted, by its kind. */
  readonly target: number
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
