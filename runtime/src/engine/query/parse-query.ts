/**
 * The entrance of the query language: from `OP:SERIES:[TAGS]:[RANGE]` to a `Query`.
 *
 * Each part has its own parser, which starts at an offset and reports where it stopped. Nothing is split beforehand, so
 * a colon inside brackets or quotes is an ordinary character.
 */
import { parseRange } from './parse-range.ts'
import { parseSeries } from './parse-series.ts'
import { parseTags } from './parse-tags.ts'
import { printable } from '../text/printable.ts'
import { quote } from '../text/quote.ts'
import type { Operator, Query } from './query.ts'
import { type Parsed, findStop, skipSpaces, trimmedEnd, writeQuoted } from './query-text.ts'
import { QuerySyntaxError } from './query-syntax-error.ts'
import { suggest } from '../text/suggest.ts'

/** Longest query, in UTF-8 bytes. */
export const queryBytesMax = 4096

/**
 * Reads a query. The result is deeply frozen.
 *
 * @throws {QuerySyntaxError} and nothing else, whatever the text
 * @example parseQuery('AVG:temp:[host=a]:[1h]').operator // "AVG"
 */
export function parseQuery(text: string): Query {
  refuseOverlong(text)
  const warnings: string[] = []
  const operator = parseOperator(text)
  const series = parseSeries(text, operator.end + 1)
  const tagsStart = skipSpaces(text, series.end + 1)
  if (text[tagsStart] !== '[') throw tagsBracketMissing(text, tagsStart, series.value)
  const tags = parseTags(text, tagsStart, warnings)
  const range = parseOptionalRange(text, tags.end, warnings)
  return Object.freeze({
    kind: 'query',
    operator: operator.value,
    series: series.value,
    ...tags.value,
    range,
    text,
    warnings: Object.freeze(warnings.map(printable)),
  })
}

const operators: readonly Operator[] = ['AVG', 'MIN', 'MAX', 'SUM', 'COUNT']

// Names from other languages, too different to be typing slips.
const operatorSynonyms: ReadonlyMap<string, Operator> = new Map([
  ['AVERAGE', 'AVG'],
  ['MEAN', 'AVG'],
  ['MINIMUM', 'MIN'],
  ['MAXIMUM', 'MAX'],
  ['TOTAL', 'SUM'],
  ['CNT', 'COUNT'],
])

function refuseOverlong(text: string): void {
  // A UTF-16 unit takes at most three bytes, so most texts need no exact count.
  if (text.length * 3 <= queryBytesMax) return
  // Stops before the first character that does not fit.
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(queryBytesMax))
  if (read === text.length) return
  throw new QuerySyntaxError(text, read, `it is longer than ${queryBytesMax} bytes`, 'split it into several queries')
}

function parseOperator(text: string): Parsed<Operator> {
  const start = skipSpaces(text, 0)
  const end = findStop(text, start, ':["')
  const wordEnd = trimmedEnd(text, start, end)
  const word = text.slice(start, wordEnd)
  const operator = operators.find((candidate) => candidate === word.toUpperCase())
  if (operator === undefined) {
    const found = word === '' ? 'no operator' : `the operator ${quote(word)}`
    throw new QuerySyntaxError(text, start, `found ${found}, expected AVG, MIN, MAX, SUM or COUNT`, operatorHint(word))
  }
  if (text[end] === ':') return { value: operator, end }
  throw new QuerySyntaxError(text, wordEnd, `the series is missing, expected a colon after ${word}`, shapeHint)
}

function operatorHint(word: string): string {
  const meant = operatorSynonyms.get(word.toUpperCase()) ?? suggest(word, operators)
  if (meant !== null) return `did you mean ${meant}`
  const first = word.split(/[^a-z]/i, 1)[0]!
  const startsWell = operators.some((candidate) => candidate === first.toUpperCase())
  return startsWell ? `put a colon after ${first}` : shapeHint
}

const shapeHint = 'a query looks like AVG:temp:[] or AVG:temp:[host=a]:[1h]'

function parseOptionalRange(text: string, tagsEnd: number, warnings: string[]): Query['range'] {
  const colon = skipSpaces(text, tagsEnd)
  if (colon === text.length) return null
  if (text[colon] !== ':') throw textAfter(text, colon, 'tags', 'put a colon before the range')
  const open = skipSpaces(text, colon + 1)
  if (text[open] !== '[') throw rangeBracketMissing(text, open)
  const range = parseRange(text, open, warnings)
  const end = skipSpaces(text, range.end)
  if (end === text.length) return range.value
  throw textAfter(text, end, 'range', 'a query has four parts: OP:SERIES:[TAGS]:[RANGE]')
}

function textAfter(text: string, offset: number, part: string, hint: string): QuerySyntaxError {
  const found = quote(text.slice(offset, trimmedEnd(text, offset, text.length)))
  return new QuerySyntaxError(text, offset, `found ${found} after the ${part}, expected the end`, hint)
}

function tagsBracketMissing(text: string, offset: number, series: readonly string[]): QuerySyntaxError {
  // What stands in place of the tags ends at a colon followed by a bracket.
  const rest = text.slice(offset)
  const colon = rest.search(/:\s*\[/)
  const word = (colon < 0 ? rest : rest.slice(0, colon)).trimEnd()
  if (word === '') {
    return new QuerySyntaxError(text, offset, 'the tags are missing, expected [TAGS]', 'write [] for all tags')
  }
  const problem = `found the tags ${quote(word)} without brackets, expected [TAGS]`
  const behind = text.slice(offset + word.length)
  // `AVG:ns:temp:[]`: when tags follow, the word belongs to the name.
  if (/^\s*:/.test(behind) && !/^\s*:\s*\[\s*(?:now\b|-?\d)/i.test(behind)) {
    const name = writeQuoted(`${series.at(-1)}:${word}`)
    return new QuerySyntaxError(text, offset, problem, `a series name with a colon needs quotes: ${name}`)
  }
  return new QuerySyntaxError(text, offset, problem, `did you mean [${word.replace(/\]$/, '')}]`)
}

function rangeBracketMissing(text: string, offset: number): QuerySyntaxError {
  const word = text.slice(offset, trimmedEnd(text, offset, text.length))
  if (word === '') {
    const hint = 'leave out the colon for all time'
    return new QuerySyntaxError(text, offset, 'the range is missing, expected [RANGE]', hint)
  }
  const problem = `found the range ${quote(word)} without brackets, expected [RANGE]`
  return new QuerySyntaxError(text, offset, problem, `did you mean [${word.replace(/\]$/, '')}]`)
}
