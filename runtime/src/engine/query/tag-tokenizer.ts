/** Cuts `[TAGS]` into tags, operators and punctuation; `parse-tags.ts` decides which order makes sense. */
import { findTextProblem } from '../model/series.ts'
import { quote } from '../text/quote.ts'
import {
  eachValue,
  findStop,
  readEachValue,
  readQuoted,
  refuseOddSpace,
  skipSpaces,
  tagStops,
  writeQuoted,
} from './query-text.ts'
import { QuerySyntaxError } from './query-syntax-error.ts'

export interface TagToken {
  readonly kind: 'tag' | 'key' | 'AND' | 'OR' | 'NOT' | ',' | '(' | ')' | ']'
  /** The tag without its quotes; of `key=*`, the key without its quotes; anything else as written. */
  readonly text: string
  readonly quoted: boolean
  readonly offset: number
}

/**
 * Reads from the opening bracket to the closing one. The last token is `]`, and there is no other `]`.
 *
 * @param open - the offset of `[`
 */
export function tokenizeTags(query: string, open: number): readonly TagToken[] {
  const tokens: TagToken[] = []
  let offset = skipSpaces(query, open + 1)
  while (offset < query.length) {
    const character = query[offset]!
    if (character === ']' || character === ',' || character === '(' || character === ')') {
      tokens.push({ kind: character, text: character, quoted: false, offset })
      if (character === ']') return tokens
      offset++
    } else if (character === '[') {
      throw strayBracket(query, offset, tokens.at(-1))
    } else {
      offset = character === '"' ? readQuotedTag(query, offset, tokens) : readWord(query, offset, tokens)
    }
    offset = skipSpaces(query, offset)
  }
  throw new QuerySyntaxError(query, open, 'the bracket that opens the tags is never closed', 'close it with ]')
}

function readQuotedTag(query: string, offset: number, tokens: TagToken[]): number {
  const { value, end } = readQuoted(query, offset)
  refuseBadTag(query, offset, value)
  const wordEnd = findStop(query, end, tagStops)
  if (query.slice(end, wordEnd) === eachValue && !value.includes('=') && query[wordEnd] !== '"') {
    tokens.push({ kind: 'key', text: value, quoted: true, offset })
    return wordEnd
  }
  if (wordEnd > end || query[end] === '"') {
    const whole = writeQuoted(value + query.slice(end, wordEnd))
    const hint = wordEnd > end ? `did you mean ${whole}` : `inside quotes, \\" stands for a quote`
    throw new QuerySyntaxError(query, end, `the tag ${quote(value)} continues after its closing quote`, hint)
  }
  tokens.push({ kind: 'tag', text: value, quoted: true, offset })
  return end
}

function readWord(query: string, offset: number, tokens: TagToken[]): number {
  const end = findStop(query, offset, tagStops)
  refuseOddSpace(query, offset, end)
  const text = query.slice(offset, end)
  if (query[end] === '"') throw quoteInsideTag(query, end, text)
  const operator = text.toUpperCase()
  if (operator === 'AND' || operator === 'OR' || operator === 'NOT') {
    tokens.push({ kind: operator, text, quoted: false, offset })
  } else {
    refuseBadTag(query, offset, text)
    const key = readEachValue(text)
    tokens.push({ kind: key === null ? 'tag' : 'key', text: key ?? text, quoted: false, offset })
  }
  return end
}

function refuseBadTag(query: string, offset: number, tag: string): void {
  const problem = findTextProblem('tag', tag)
  if (problem === null) return
  throw new QuerySyntaxError(query, offset, problem, tag === '' ? 'write [] for all tags' : null)
}

/** A habit from other languages: `host="a b"`. */
function quoteInsideTag(query: string, offset: number, before: string): QuerySyntaxError {
  const problem = `found a quote inside the tag ${quote(before)}, expected it around the whole tag`
  const close = query.indexOf('"', offset + 1)
  const inside = close < 0 ? '' : query.slice(offset + 1, close)
  const hint = inside === '' ? 'put the whole tag in quotes' : `did you mean ${writeQuoted(before + inside)}`
  return new QuerySyntaxError(query, offset, problem, hint)
}

function strayBracket(query: string, offset: number, before: TagToken | undefined): QuerySyntaxError {
  // `[a:[1h]`: the closing bracket of the tags is missing.
  const tagsEnded = before?.kind === 'tag' && !before.quoted && before.text.endsWith(':')
  const hint = tagsEnded ? 'close the tags with ] before the colon' : 'put a tag that contains brackets in quotes'
  return new QuerySyntaxError(query, offset, 'found [ inside the tags, expected a tag or ]', hint)
}
