/**
 * Reads `[TAGS]` into a tag expression. AND, OR and the comma (another AND) have equal precedence and group to the
 * left; NOT applies to the operand after it, and between two operands means AND NOT.
 */
import { formatTags } from './format-tags.ts'
import { quote } from '../text/quote.ts'
import type { Query, TagExpression } from './query.ts'
import { type Parsed, writeEachValue, writeTag } from './query-text.ts'
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
export function parseTags(query: string, open: number, warnings: string[]): Parsed<ParsedTags> {
  const tokens = tokenizeTags(query, open)
  const end = tokens.at(-1)!.offset + 1
  if (tokens.length === 1) return { value: { tags: everything, groupBy: nothing }, end }
  const parser = new TagParser(query, tokens)
  const value = parser.parse()
  if (parser.mixed) {
    warnings.push(`AND and OR without parentheses are read from left to right: [${formatTags(value.tags)}]`)
  }
  for (const token of tokens) {
    const surprise = token.kind === 'tag' && !token.quoted ? findSurprise(token.text) : null
    if (surprise !== null) warnings.push(surprise)
  }
  return { value, end }
}

/** The tags of a query, and the keys that it groups by. */
export type ParsedTags = Pick<Query, 'tags' | 'groupBy'>

const everything: TagExpression = Object.freeze({ kind: 'everything' })
const nothing: readonly never[] = Object.freeze([])

class TagParser {
  /** Whether AND and OR met at one level. */
  mixed = false
  readonly #query: string
  readonly #tokens: readonly TagToken[]
  /** Where each `key=*` stands. */
  readonly #keys = new Map<TagExpression, TagToken>()
  #position = 0
  #operandCount = 0

  constructor(query: string, tokens: readonly TagToken[]) {
    this.#query = query
    this.#tokens = tokens
  }

  parse(): ParsedTags {
    const tags = this.#parseLevel(0)
    const token = this.#peek()
    if (token.kind !== ']') {
      throw this.#error(token, 'found ) without a parenthesis to close', 'remove it, or open one with (')
    }
    this.#refuseMisplacedKeys(tags, null)
    const keys = new Set([...this.#keys.values()].map(({ text }) => text))
    return { tags, groupBy: Object.freeze([...keys]) }
  }

  // Stops at `)` or `]` and leaves it to the caller, which knows which one is right.
  #parseLevel(depth: number): TagExpression {
    let left = this.#parseOperand(depth, undefined)
    let before: 'and' | 'or' | undefined
    for (;;) {
      const token = this.#peek()
      if (token.kind === ')' || token.kind === ']') return left
      if (token.kind === 'tag' || token.kind === 'key' || token.kind === '(') throw this.#operatorMissing(token)
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
      token.kind === 'tag' || token.kind === 'key'
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
    if (token.kind === 'tag') return Object.freeze({ kind: 'tag', tag: token.text })
    const expression: TagExpression = Object.freeze({ kind: 'key', key: token.text })
    this.#keys.set(expression, token)
    return expression
  }

  /** A sample without the tag would belong to no group. @param inside - what the expression is an operand of */
  #refuseMisplacedKeys(expression: TagExpression, inside: 'NOT' | 'OR' | null): void {
    switch (expression.kind) {
      case 'everything':
      case 'tag':
        return
      case 'key':
        if (inside !== null) throw this.#misplacedKey(this.#keys.get(expression)!, inside)
        return
      case 'not':
        return this.#refuseMisplacedKeys(expression.operand, 'NOT')
      case 'and':
      case 'or': {
        const within = expression.kind === 'or' ? 'OR' : inside
        this.#refuseMisplacedKeys(expression.left, within)
        this.#refuseMisplacedKeys(expression.right, within)
      }
    }
  }

  #misplacedKey(token: TagToken, inside: 'NOT' | 'OR'): QuerySyntaxError {
    const problem = `found ${describe(token)} under ${inside}, expected it to hold for every sample: it groups them`
    const hint =
      inside === 'NOT'
        ? `name the value that must not be there, such as ${writeTag(`${token.text}=a`)}`
        : `put the tags with OR in parentheses: ${describe(token)} AND (a OR b)`
    return this.#error(token, problem, hint)
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
    if (token.kind === 'key') return 'join the two with AND'
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
  if (token.kind === 'key') return writeEachValue(token.text)
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
