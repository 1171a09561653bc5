/** Writes a query in its canonical form. */
import type { Query, TimeBound } from './query.ts'
import { formatTags } from './format-tags.ts'
import { writeSeriesName } from './query-text.ts'
import { formatDuration } from '../text/duration.ts'

/**
 * The canonical text of a query: equal for queries that differ only in spelling. `parseQuery` reads it back without a
 * warning about AND and OR, as long as it is within the limits (spelling out commas makes a text longer).
 *
 * @example formatQuery(parseQuery('avg: temp :[a,b]:[60min]')) // "AVG:temp:[a AND b]:[1h,now]"
 */
export function formatQuery(query: Query): string {
  const parts = [query.operator, query.series.map(writeSeriesName).join(','), `[${formatTags(query.tags)}]`]
  if (query.range !== null) parts.push(`[${formatBound(query.range.first)},${formatBound(query.range.second)}]`)
  return parts.join(':')
}

function formatBound(bound: TimeBound): string {
  switch (bound.kind) {
    case 'now':
      return 'now'
    case 'ago':
      return formatDuration(bound.micros)
    case 'at':
      return String(bound.timestamp)
  }
}
