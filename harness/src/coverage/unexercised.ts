/** What tests prepare and workflows ask for without anything ever coming of it. */
import { escapeUnprintable } from '@slung/runtime'
import type { Coverage } from './coverage.ts'

/**
 * Lines for the terminal; none when everything was used.
 *
 * @param shown - prints a path
 */
export function describeUnexercised(
  { unusedAnswers, unmatchedQueries }: Pick<Coverage, 'unusedAnswers' | 'unmatchedQueries'>,
  shown: (path: string) => string,
): string[] {
  const answers = unusedAnswers.map(
    ({ spec, line, request }) =>
      [`${shown(spec)}:${line}`, `no request used the answer to ${escapeUnprintable(request)}`] as const,
  )
  const queries = unmatchedQueries.map(
    ({ workflow, query }) => [shown(workflow), `no sample matched ${escapeUnprintable(query)}`] as const,
  )
  const rows = [...answers, ...queries]
  if (rows.length === 0) return []
  const width = Math.max(...rows.map(([where]) => where.length))
  return ['never exercised', ...rows.map(([where, what]) => `  ${where.padEnd(width)}  ${what}`)]
}
