/**
 * Makes an input on which a property fails smaller: first fewer rows, then plainer values.
 *
 * Rows go in chunks, from half of them down to single ones, the last rows first: what comes after a failure matters
 * least (Zeller 2002, "Simplifying and Isolating Failure-Inducing Input", without trying the chunks alone). The other
 * rows keep their times. Values become plain in chunks, too; what is left is then searched number by number. When values
 * have changed, rows may have become dispensable, and all begins again.
 */
import { withValue, type Draft } from './draft.ts'
import { simplerNumbers } from './simpler-numbers.ts'

/** An input, and where the search continues if it fails too. */
export interface Shrunk {
  /** At least one. */
  readonly drafts: readonly Draft[]
  readonly cursor: Cursor
}

/** How far the search has come. `tried` counts its attempts. */
export type Cursor = { readonly tried: number } & Stage

/** `again`: values have changed since rows were tried, which are tried again at the end. */
type Stage = { readonly again: boolean } & (ChunkCursor | ValueCursor)

interface ChunkCursor {
  readonly pass: 'remove' | 'flatten'
  /** Rows in a chunk; at least 1. */
  readonly size: number
  /** Rows from here on are done in this round. */
  readonly end: number
  /** Whether this round has changed something. */
  readonly hasChanged: boolean
}

interface ValueCursor {
  readonly pass: 'search'
  /** Rows before this one are done. */
  readonly row: number
  /** Of this row, see `SimplerNumber`; absent until its value is tried. */
  readonly passed?: number
}

/**
 * The most attempts for one failure: each may be a replay. A few rows among two thousand are found in twenty to sixty;
 * more go into failures that need hundreds of rows, of which the last ones matter little. Replays of two thousand rows
 * make 500 attempts last about 8 s.
 */
export const attemptsMax = 500

/**
 * Smaller inputs, in the order in which to try them. Asking for the next one says that the property holds for the one
 * before; when it fails for one, start again with that one and its cursor.
 */
export function* shrinkRows(drafts: readonly Draft[], cursor: Cursor = startOf(drafts)): Generator<Shrunk> {
  if (drafts.length === 0) return
  let tried = cursor.tried
  for (const { cursor: next, drafts: smaller } of attempts(drafts, cursor)) {
    if (tried === attemptsMax) return
    yield { drafts: smaller, cursor: { ...next, tried: ++tried } }
  }
}

function startOf({ length }: readonly Draft[]): Cursor {
  return { pass: 'remove', size: Math.ceil(length / 2), end: length, hasChanged: false, again: false, tried: 0 }
}

interface Attempt {
  readonly drafts: readonly Draft[]
  readonly cursor: Stage
}

function* attempts(drafts: readonly Draft[], stage: Stage): Generator<Attempt> {
  const { length } = drafts
  // A change makes the caller begin again, with the cursor of that attempt.
  const { again } = stage
  if (stage.pass !== 'search') yield* editChunks(drafts, stage, again)
  if (stage.pass === 'remove') {
    yield* editChunks(drafts, { pass: 'flatten', size: length, end: length, hasChanged: false }, again)
  }
  yield* searchValues(drafts, stage.pass === 'search' ? stage : { pass: 'search', row: 0 })
  if (again) yield* attempts(drafts, startOf(drafts))
}

function* editChunks(
  drafts: readonly Draft[],
  { pass, size, end, hasChanged }: ChunkCursor,
  again: boolean,
): Generator<Attempt> {
  const edit = pass === 'remove' ? remove : flatten
  for (;;) {
    for (; end > 0; end -= size) {
      const start = Math.max(0, end - size)
      const smaller = edit(drafts, start, end)
      const cursor = { pass, size, end: start, hasChanged: true, again: again || pass === 'flatten' }
      if (smaller !== null) yield { drafts: smaller, cursor }
    }
    // Single rows are tried until none can be left out: a row may become dispensable once a later one is gone.
    if (size === 1 && !hasChanged) return
    size = Math.ceil(size / 2)
    end = drafts.length
    hasChanged = false
  }
}

/** `null` when no row would be left. */
function remove(drafts: readonly Draft[], start: number, end: number): readonly Draft[] | null {
  return end - start === drafts.length ? null : drafts.toSpliced(start, end - start)
}

/** `null` when all are already plain. */
function flatten(drafts: readonly Draft[], start: number, end: number): readonly Draft[] | null {
  const chunk = drafts.slice(start, end)
  if (chunk.every(({ row, range }) => row.value === range.plain)) return null
  return drafts.toSpliced(start, end - start, ...chunk.map((draft) => withValue(draft, draft.range.plain)))
}

function* searchValues(drafts: readonly Draft[], cursor: ValueCursor): Generator<Attempt> {
  for (let row = cursor.row; row < drafts.length; row++) {
    const draft = drafts[row]!
    const from = row === cursor.row ? cursor.passed : undefined
    for (const { value, passed } of simplerNumbers(draft.row.value, draft.range, from)) {
      yield { drafts: drafts.with(row, withValue(draft, value)), cursor: { pass: 'search', row, passed, again: true } }
    }
  }
}
