/** The error of the query parser: what is wrong, where, and what to type instead. */
import { caretLines } from '../text/caret-lines.ts'
import { printable } from '../text/printable.ts'
import { shorten } from '../text/quote.ts'

/**
 * A query that cannot be read. `message` has several lines, for a terminal or a log:
 *
 * ```text
 * cannot parse the query: found the operator "AGV", expected AVG, MIN, MAX, SUM or COUNT
 *   AGV:temp:[]
 *   ^
 * did you mean AVG
 * ```
 */
export class QuerySyntaxError extends SyntaxError {
  override readonly name = 'QuerySyntaxError'
  readonly code = 'bad-query'
  /** The text as given. */
  readonly query: string
  /** Where reading failed, in UTF-16 units from the start of `query`; 0 to `query.length`. */
  readonly offset: number
  /** What to do about it, on one line; `null` without a good guess. */
  readonly hint: string | null

  /** @param problem - what was found and what was expected; may quote the query, since it is made printable here */
  constructor(query: string, offset: number, problem: string, hint: string | null = null) {
    const [line, caret] = caretLines(query, offset)
    const shownHint = hint === null ? null : clip(hint)
    const lines = [`cannot parse the query: ${clip(problem)}`, `  ${line}`, `  ${caret}`]
    if (shownHint !== null) lines.push(shownHint)
    super(lines.join('\n'))
    this.query = query
    this.offset = offset
    this.hint = shownHint
  }
}

// A query may be 4 KiB long, and so may a quotation from it; two terminal lines are enough.
const textUnitsMax = 160

function clip(text: string): string {
  return printable(shorten(text, textUnitsMax))
}
