/** Reads SERIES: one name or several, separated by commas. */
import { findTextProblem } from '../model/series.ts'
import { type Parsed, findStop, readQuoted, refuseOddSpace, seriesStops, skipSpaces, trimmedEnd } from './query-text.ts'
import { QuerySyntaxError } from './query-syntax-error.ts'

/** Most distinct series names in a query. */
const seriesNamesMax = 16

const tooMany = `found more than ${seriesNamesMax} series, expected at most ${seriesNamesMax}`

/**
 * @param start - after the colon that ends the operator; `end` of the result is the colon that ends the series
 * @throws {QuerySyntaxError}
 */
export function parseSeries(query: string, start: number): Parsed<readonly string[]> {
  const names = new Set<string>()
  for (let offset = start; ;) {
    const nameStart = skipSpaces(query, offset)
    const { value: name, end: nameEnd } = readName(query, nameStart)
    const problem = findTextProblem('series name', name)
    if (problem !== null) {
      const besideComma = names.size > 0 || query[nameStart] === ','
      const hint = besideComma ? 'remove the comma' : 'a query names a series, as in AVG:temp:[]'
      throw new QuerySyntaxError(query, nameStart, problem, name === '' ? hint : null)
    }
    names.add(name)
    if (names.size > seriesNamesMax) {
      throw new QuerySyntaxError(query, nameStart, tooMany, 'split it into several queries')
    }
    const end = skipSpaces(query, nameEnd)
    if (query[end] === ':') return { value: Object.freeze([...names]), end }
    if (query[end] !== ',') throw separatorMissing(query, end, nameEnd)
    offset = end + 1
  }
}

function readName(query: string, start: number): Parsed<string> {
  if (query[start] === '"') return readQuoted(query, start)
  const end = trimmedEnd(query, start, findStop(query, start, seriesStops))
  refuseOddSpace(query, start, end)
  return { value: query.slice(start, end), end }
}

function separatorMissing(query: string, offset: number, nameEnd: number): QuerySyntaxError {
  const found = query[offset]
  if (found === undefined) {
    const hint = `did you mean ${query.slice(0, nameEnd).trimStart()}:[]`
    return new QuerySyntaxError(query, nameEnd, 'the tags are missing, expected :[TAGS] after the series', hint)
  }
  if (found === '[') {
    const hint = `did you mean ${query.slice(0, nameEnd).trimStart()}:${query.slice(offset).trimEnd()}`
    return new QuerySyntaxError(query, offset, 'found [ after the series, expected a colon before it', hint)
  }
  const hint = 'put the whole name in quotes if this is part of it'
  return new QuerySyntaxError(query, offset, `found ${found} after the series name, expected : or a comma`, hint)
}
