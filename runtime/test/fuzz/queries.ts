/**
 * The query language: a query written in any spelling selects the series that a naive evaluator selects, and its
 * canonical text means the same; any other text is a query, or an error that points into it.
 */
import { deepStrictEqual, ok } from 'node:assert/strict'
import fc from 'fast-check'
import { formatQuery } from '../../src/engine/query/format-query.ts'
import { matchesTags } from '../../src/engine/query/match-tags.ts'
import { parseQuery, queryBytesMax } from '../../src/engine/query/parse-query.ts'
import { QuerySyntaxError } from '../../src/engine/query/query-syntax-error.ts'
import type { Query } from '../../src/engine/query/query.ts'
import { fuzzLaw, type Fuzz, type Law } from './law.ts'

/** One of `tags`, by its index, or a level in parentheses; each after its join and so many NOTs. */
interface Level {
  readonly items: readonly (readonly [join: 'AND' | 'or' | ',' | '', nots: number, operand: number | Level])[]
}

type Case =
  | {
      readonly head: string
      readonly level: Level
      /** Of `keys`, by their index: required, with any value, beside the level. */
      readonly groupBy: readonly number[]
      readonly range: string
      readonly spaces: string
    }
  | { readonly text: string }

const tags = ['a', 'host=b', 'x y=1', 'not', 'é"\\', '(', 'host=*']
const written = ['a', 'host=b', '"x y=1"', '"not"', String.raw`"é\"\\"`, '"("', '"host=*"']
const keys = ['host', 'x y', 'a']
const writtenKeys = ['host=*', '"x y"=*', 'a=*']

function holds(input: Case): void {
  const text = 'text' in input ? input.text : textOf(input)
  let query: Query
  try {
    query = parseQuery(text)
  } catch (error) {
    if (!(error instanceof QuerySyntaxError)) throw error
    const { offset, message } = error
    ok(Number.isInteger(offset) && offset >= 0 && offset <= text.length, `offset ${offset} is outside the query`)
    ok(!/[^\P{Cc}\n]/u.test(message), 'the message has control characters')
    ok('text' in input, `refused: ${message}`)
    return
  }
  const canonical = formatQuery(query)
  const selected = selectedBy(query)
  // Spelling out commas and quotes makes a text longer.
  if (Buffer.from(canonical).length <= queryBytesMax) {
    const again = parseQuery(canonical)
    deepStrictEqual(formatQuery(again), canonical)
    deepStrictEqual(selectedBy(again), selected)
    deepStrictEqual(
      [again.operator, again.series, again.range, again.groupBy],
      [query.operator, query.series, query.range, query.groupBy],
    )
  }
  if (!('text' in input)) {
    const groupBy = [...new Set(input.groupBy)].map((key) => keys[key]!)
    deepStrictEqual(query.groupBy, groupBy)
    deepStrictEqual(
      selected,
      tagSets.map((set) => {
        const hasKeys = groupBy.every((key) =>
          set.some((tag) => tag.split('=').length > 1 && tag.split('=')[0] === key),
        )
        return hasKeys && isSelected(input.level, set)
      }),
    )
  }
}

const tagSets = Array.from({ length: 2 ** tags.length }, (_, bits) => tags.filter((_tag, index) => (bits >> index) & 1))

function selectedBy(query: Query): boolean[] {
  return tagSets.map((set) => matchesTags(query.tags, set))
}

/** From left to right, as the page says. */
function isSelected({ items }: Level, set: readonly string[]): boolean {
  let holdsSoFar = true
  for (const [index, [join, nots, operand]] of items.entries()) {
    const inside = typeof operand === 'number' ? set.includes(tags[operand]!) : isSelected(operand, set)
    const value = nots % 2 === 1 ? !inside : inside
    if (index === 0) holdsSoFar = value
    else holdsSoFar = join === 'or' ? holdsSoFar || value : holdsSoFar && value
  }
  return holdsSoFar
}

function textOf({ head, level, groupBy, range, spaces }: Exclude<Case, { text: string }>): string {
  let space = 0
  const gap = (): string => spaces[space++ % spaces.length] ?? ''
  const write = ({ items }: Level): string =>
    items
      .map(([join, nots, operand], index) => {
        // Without a word between, only a NOT may follow.
        const joined = index === 0 ? '' : join === '' && nots === 0 ? ',' : join
        const inside = typeof operand === 'number' ? written[operand]! : `(${gap()}${write(operand)}${gap()})`
        return ` ${joined} ${'NOT '.repeat(nots)}${gap()}${inside}`
      })
      .join('')
  const inside = level.items.length === 0 ? [] : [groupBy.length === 0 ? write(level) : `(${write(level)})`]
  const required = groupBy.map((key) => `${gap()}${writtenKeys[key]!}${gap()}`)
  return `${head}:${gap()}[${[...required, ...inside].join(',')}${gap()}]${range}`
}

const { level } = fc.letrec<{ level: Level; operand: number | Level }>((tie) => ({
  operand: fc.oneof({ depthSize: 'small', withCrossShrink: true }, fc.nat(tags.length - 1), tie('level')),
  level: fc
    .array(fc.tuple(fc.constantFrom('AND', 'or', ',', ''), fc.nat(2), tie('operand')), {
      maxLength: 4,
    })
    // An empty level is only allowed at the top.
    .map((items) => ({
      items: items.filter(([, , operand]) => typeof operand === 'number' || operand.items.length > 0),
    })),
}))

const query = fc
  .record({
    head: fc.constantFrom('AVG:temp', 'sum: x , "ns:y", x', 'Count:\troom temp', 'MIN:"a\\"b"'),
    level,
    groupBy: fc.array(fc.nat(keys.length - 1), { maxLength: 3 }),
    range: fc.constantFrom('', ':[1h]', ' : [ now , 2 weeks ] ', ':[-5,1700000000000000]', ':[0s]'),
    spaces: fc.constantFrom('', ' ', '\n\t ', '  '),
  })
  // A query holds at most 32 tags.
  .filter((input) => (JSON.stringify(input.level).match(/,\d+\]/g) ?? []).length + input.groupBy.length <= 32)

const plain =
  'AVG avg MEAN : [ ] ( ) , " \\ AND OR NOT a host=b room=* "x"=* != * now 1h -5 9007199254740992 99999999999999w'
const word = fc.constantFrom(...plain.split(' '), ' ', '30 min', '\n', '\u{a0}', '\u001b', '\u{1f321}')
const spoilt = fc
  .tuple(query, fc.array(fc.tuple(fc.nat(200), fc.nat(3), fc.oneof(word, fc.string({ unit: 'binary', maxLength: 2 })))))
  .map(([input, damages]) => {
    return damages.reduce((text, [where, gone, put]) => {
      const at = where % (text.length + 1)
      return text.slice(0, at) + put + text.slice(at + gone)
    }, textOf(input))
  })
const long = fc.tuple(word, fc.integer({ min: 20, max: 3000 })).map(([text, count]) => `AVG:x:[${text.repeat(count)}`)
const text = fc.oneof(
  { weight: 6, arbitrary: spoilt },
  { weight: 3, arbitrary: fc.array(word, { maxLength: 20 }).map((words) => words.join('')) },
  { weight: 3, arbitrary: fc.array(word, { maxLength: 20 }).map((words) => `AVG:x:[${words.join(' ')}]`) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: long },
)

export const queries: Law<Case> = {
  name: 'queries',
  home: import.meta.dirname,
  cases: fc.oneof(query, fc.record({ text })),
  holds,
}

export const fuzz: Fuzz = fuzzLaw(queries)
