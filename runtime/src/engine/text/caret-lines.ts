/** Shows a place in a query: the query on one line, a caret under the place on the next. */
import { columnsOf, printable } from './printable.ts'

/**
 * Returns the two lines. A query too wide for a terminal is cut to the surroundings of the place, with `…` for the
 * rest.
 *
 * @param offset - in UTF-16 units; 0 to `query.length`, which is after the last character
 */
export function caretLines(query: string, offset: number): readonly [string, string] {
  // A terminal line holds no more characters than columns, marks aside, so a huge query need not be walked through.
  const before = [...printable(query.slice(Math.max(0, offset - unitsMax), offset))]
  const after = [...printable(query.slice(offset, offset + unitsMax))]
  const fits = query.length <= unitsMax && sumColumns(before) + sumColumns(after) <= columnsMax
  const left = fits ? before : takeColumns(before.toReversed(), columnsBeforeMax).toReversed()
  const right = fits ? after : takeColumns(after, columnsMax - columnsBeforeMax)
  const head = left.length < before.length || offset > unitsMax ? '…' : ''
  const tail = right.length < after.length || query.length - offset > unitsMax ? '…' : ''
  return [head + left.join('') + right.join('') + tail, `${' '.repeat(head.length + sumColumns(left))}^`]
}

// 80 columns minus the indent of an error message and two ellipses.
const columnsMax = 76
// What precedes an error says more than what follows it.
const columnsBeforeMax = 50
// Two units per column (emoji), and as many again for combining marks.
const unitsMax = 4 * columnsMax

function takeColumns(characters: readonly string[], columnCountMax: number): string[] {
  const taken: string[] = []
  let columnCount = 0
  for (const character of characters) {
    columnCount += columnsOf(character)
    if (columnCount > columnCountMax) break
    taken.push(character)
  }
  return taken
}

function sumColumns(characters: readonly string[]): number {
  return characters.reduce((sum, character) => sum + columnsOf(character), 0)
}
