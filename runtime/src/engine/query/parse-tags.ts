/**
 * Reads `[TAGS]` into a tag expression. AND, OR and the comma (another AND) have equal precedence and group to the
 * left; NOT applies to the operand after it, and between two operands means AND NOT.
 */
import { formatTags } from './format-tags.ts'
import { quote } from '../text/quote.ts'
import type { TagExpression } from './query.ts'
import { type Parsed, writeTag } from './query-text.ts'
import { QuerySyntaxError } from './query-syntax-error.ts'
import { suggest } from '../text/suggest.ts'
import { findSurprise } from './surprising-tag.ts'
import { tokenizeTags, type TagToken } from './tag-tokenizer.ts'

/** Most tags in a query, counting repetitions. */
const tagOperandsMax = 32
/** Deepest nesting of parentheses. No expression of 32 operands needs more. */
const groupDepthMax = 32

/**
 * @param open - the offset of `[`; `end` of the result is after `]`
 * @param warnings - receives readings that are legal but surprising
 * @throws {QuerySyntaxError}
 */
export function parseTags(query: string, open: number, warnings: string[]): Parsed<TagExpression> {
  const tokens = tokenizeTags(query, open)
  const end = tokens.at(-1)!.offset + 1
  if (tokens.length === 1) return { value: everything, end }
  const parser = new TagParser(query, tokens)
  const value = parser.parse()
  if (parser.mixed) {
    warnings.push(`AND and OR without parentheses are read from left to right: [${formatTags(value)}]`)
  }
  for (const token of tokens) {
    const surprise = token.kind === 'tag' && !token.quoted ? findSurprise(token.text) : null
    if (surprise !== null) warnings.push(surprise)
  }
  return { value, end }
}

const everything: TagExpression = Object.freeze({ kind: 'everything' })

class TagParser {
  /** Whether AND and OR met at one level. */
  mixed = false
  readonly #query: string
  readonly #tokens: readonly TagToken[]
  #position = 0
  #operandCount = 0

  constructor(query: string, tokens: readonly TagToken[]) {
    this.#query = query
    this.#tokens = tokens
  }

  parse(): TagExpression {
    const expression = this.#parseLevel(0)
    const token = this.#peek()
    if (token.kind === ']') return expression
    throw this.#error(token, 'found ) without a parenthesis to close', 'remove it, or open one with (')
  }

  // Stops at `)` or `]` and leaves it to the caller, which knows which one is right.
  #parseLevel(depth: number): TagExpression {
    let left = this.#parseOperand(depth, undefined)
    let before: 'and' | 'or' | undefined
    for (;;) {
      const token = this.#peek()
      if (token.kind === ')' || token.kind === ']') return left
      if (token.kind === 'tag' || token.kind === '(') throw this.#operatorMissing(token)
      // An infix NOT is not taken here: it is also the NOT of the operand that follows.
      if (token.kind !== 'NOT') this.#position++
      const kind = token.kind === 'OR' ? 'or' : 'and'
      if (before !== undefined && before !== kind) this.mixed = true
      before = kind
      left = Object.freeze({ kind, left, right: this.#parseOperand(depth, token) })
    }
  }

  #parseOperand(depth: number, operator: TagToken | undefined): TagExpression {
    let negated = false
    let before = operator
    while (this.#peek().kind === 'NOT') {
      before = this.#take()
      negated = !negated
    }
    const token = this.#take()
    const operand =
      token.kind === 'tag'
        ? this.#readTag(token)
        : token.kind === '('
          ? this.#parseGroup(token, depth + 1)
          : this.#operandMissing(token, before)
    return negated ? Object.freeze({ kind: 'not', operand }) : operand
  }

  #readTag(token: TagToken): TagExpression {
    if (++this.#operandCount > tagOperandsMax) {
      throw this.#error(token, `found more than ${tagOperandsMax} tags, expected at most ${tagOperandsMax}`, null)
    }
    return Object.freeze({ kind: 'tag', tag: token.text })
  }

  #parseGroup(open: TagToken, depth: number): TagExpression {
    if (depth > groupDepthMax) {
      const problem = `found parentheses ${depth} deep, expected at most ${groupDepthMax}`
      throw this.#error(open, problem, 'remove parentheses that group nothing')
    }
    const expression = this.#parseLevel(depth)
    if (this.#take().kind === ')') return expression
    throw this.#error(open, 'the parenthesis that opens here is never closed', 'close it with )')
  }

  #peek(): TagToken {
    return this.#tokens[this.#position]!
  }

  #take(): TagToken {
    return this.#tokens[this.#position++]!
  }

  #error(token: TagToken, problem: string, hint: string | null): QuerySyntaxError {
    return new QuerySyntaxError(this.#query, token.offset, problem, hint)
  }

  #operandMissing(token: TagToken, before: TagToken | undefined): never {
    const place = before === undefined ? '' : ` after ${describe(before)}`
    const isWord = token.kind === 'AND' || token.kind === 'OR'
    const hint = isWord ? `write "${token.text}" in quotes if it is a tag` : this.#hintForGap(token, before)
    throw this.#error(token, `found ${describe(token)}, expected a tag${place}`, hint)
  }

  #hintForGap(token: TagToken, before: TagToken | undefined): string {
    if (token.kind === ')' && before === undefined) return 'remove the empty parentheses'
    if (before !== undefined) return `remove ${before.kind === ',' ? 'the comma' : before.text}, or add a tag after it`
    return 'remove the comma, or add a tag before it'
  }

  // Two operands have nothing between them, or something that is not an operator.
  #operatorMissing(token: TagToken): QuerySyntaxError {
    const before = this.#tokens[this.#position - 1]!
    const found = `found ${describe(token)} after ${describe(before)}`
    return this.#error(token, `${found}, expected AND, OR, NOT, a comma or ]`, this.#hintForOperator(before, token))
  }

  #hintForOperator(before: TagToken, token: TagToken): string {
    if (token.kind !== 'tag' || token.quoted) return 'join the two with AND or OR'
    const meant = symbolOperators.get(token.text) ?? suggest(token.text, ['AND', 'OR', 'NOT'])
    if (meant !== null) return `did you mean ${meant}`
    if (token.text.startsWith('=') || before.text.endsWith('=')) return 'write key=value without spaces'
    if (before.kind !== 'tag') return 'join the two with AND or OR'
    const two = `${writeTag(before.text)} AND ${writeTag(token.text)}`
    return `did you mean ${two}, or ${writeTag(`${before.text} ${token.text}`)} for one tag with a space`
  }
}

function describe(token: TagToken): string {
  if (token.kind === 'tag') return quote(token.text)
  return token.kind === ',' ? 'a comma' : token.text
}

const symbolOperators = new Map([
  ['&', 'AND'],
  ['&&', 'AND'],
  ['+', 'AND'],
  ['|', 'OR'],
  ['||', 'OR'],
  ['!', 'NOT'],
])
