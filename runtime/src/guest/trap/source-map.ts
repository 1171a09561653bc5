/**
 * Finds the source position of a byte offset in a module. Node's own stack traces ignore source maps of WebAssembly,
 * but its `SourceMap` class reads them: a binary is one long line, and the column is the byte offset.
 */
import { SourceMap, type SourceMapPayload } from 'node:module'
import { isLibrarySource } from './library-code.ts'

export class GuestSourceMap {
  readonly #map: SourceMap

  /** @throws {SyntaxError} when the text is not JSON */
  constructor(text: string) {
    this.#map = new SourceMap(JSON.parse(text) as SourceMapPayload)
  }

  /**
   * The position `file:line:column` (both from 1) of a byte offset, or of the nearest earlier one of the same function:
   * code that the compiler generated, such as a call of `abort`, has no position of its own, and for inlined library
   * code the author wants to know where they used it.
   *
   * @param functionStart - byte offset where the function's body begins
   * @returns a position in a library only when the function has no other; `null` when it has none at all up to `offset`
   */
  locate(offset: number, functionStart: number): string | null {
    let inLibrary: string | null = null
    for (let column = offset; column >= functionStart;) {
      const entry = this.#map.findEntry(0, column)
      if (!('generatedColumn' in entry) || entry.generatedColumn < functionStart) break
      if (entry.originalSource !== undefined && entry.originalLine !== undefined) {
        const position = `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
        if (!isLibrarySource(entry.originalSource)) return position
        inLibrary ??= position
      }
      column = entry.generatedColumn - 1
    }
    return inLibrary
  }
}
