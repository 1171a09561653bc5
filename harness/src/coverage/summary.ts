/** The summary on the terminal: what each workflow covers, and what of it never ran. */
import { escapeUnprintable, plural } from '@slung/runtime'
import { displayPath } from '../text/display-path.ts'
import type { Coverage, GuestCoverage, LineCoverage } from './coverage.ts'
import { formatPart, totalsOf } from './totals.ts'

/** Missing functions and lines that are shown of each workflow. */
const shownMax = 20

/** @param directory - paths are shown as seen from here */
export function describeCoverage(coverage: Coverage, directory: string): string {
  const { guests, withoutProbes, lostCount } = coverage
  const shown = (path: string): string => escapeUnprintable(displayPath(path, directory))
  const missing = guests.flatMap((guest) => describeMissing(guest, shown))
  const blocks = [
    ['coverage of the compiled workflows', ...describeTable(guests, shown)],
    missing.length === 0 ? [] : ['never ran', ...missing],
    describeUnexercised(coverage, shown),
    [
      ...withoutProbes.map(({ reason }) => `warning: ${escapeUnprintable(reason)}; it ran unmeasured`),
      ...(lostCount === 0
        ? []
        : [`note: ${plural(lostCount, 'run')} got stuck or did not start: what they covered is unknown`]),
    ],
  ]
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n')
}

function describeTable(guests: readonly GuestCoverage[], shown: (path: string) => string): string[] {
  if (guests.length === 0) return ['  no workflow was measured']
  const all = totalsOf(guests)
  const hasBranches = all.branches.total > 0
  const rows = [
    ['workflow', 'functions', 'lines', ...(hasBranches ? ['branches'] : [])],
    ...guests.map((guest) => {
      const part = totalsOf([guest])
      return [
        shown(guest.workflow),
        formatPart(part.functions),
        guest.lines === null ? 'no source map' : formatPart(part.lines),
        part.branches.total === 0 ? '' : formatPart(part.branches),
      ]
    }),
    ...(guests.length === 1
      ? []
      : [
          [
            'all',
            formatPart(all.functions),
            ...[all.lines, all.branches].map((part) => (part.total === 0 ? '' : formatPart(part))),
          ],
        ]),
  ]
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
}

function describeMissing(
  { workflow, functions, lines, branches }: GuestCoverage,
  shown: (path: string) => string,
): string[] {
  const missed = functions
    .filter(({ hits }) => hits === 0)
    .map(
      ({ name, place }) =>
        [escapeUnprintable(name), place === null ? '' : `${shown(place.file)}:${place.line}`] as const,
    )
  const width = Math.max(0, ...missed.slice(0, shownMax).map(([name]) => name.length))
  const named = missed.map(([name, place]) => `    function  ${name.padEnd(width)}  ${place}`.trimEnd())
  const inFiles = [...Map.groupBy(lines ?? [], ({ file }) => file)].flatMap(([file, counted]) => {
    const ranges = missedRanges(counted)
    return ranges.length === 0 ? [] : [`    lines     ${shown(file)}:${cut(ranges).join(', ')}`]
  })
  // Where a line never ran, its branches say nothing new.
  const oneWay = branches.filter(({ ways: [one, other] }) => one > 0 !== other > 0)
  for (const [file, places] of Map.groupBy(oneWay, ({ file: name }) => name)) {
    const numbers = [...new Set(places.map(({ line }) => line))].sort((one, other) => one - other)
    inFiles.push(`    one way   ${shown(file)}:${cut(numbers.map(String)).join(', ')}`)
  }
  return named.length + inFiles.length === 0 ? [] : [`  ${shown(workflow)}`, ...cut(named, '    '), ...inFiles]
}

/** Lines that never ran, as ranges; lines without code do not split a range. */
function missedRanges(lines: readonly LineCoverage[]): string[] {
  const ranges: { readonly first: number; last: number }[] = []
  let wasMissed = false
  for (const { line, hits } of lines.toSorted((one, other) => one.line - other.line)) {
    const isMissed = hits === 0
    if (isMissed && wasMissed) ranges[ranges.length - 1]!.last = line
    else if (isMissed) ranges.push({ first: line, last: line })
    wasMissed = isMissed
  }
  return ranges.map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`))
}

/** What tests prepare and workflows ask for, but no run used; empty when everything was used. */
function describeUnexercised(
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

function cut(entries: readonly string[], indent: string = ''): string[] {
  if (entries.length <= shownMax) return [...entries]
  return [...entries.slice(0, shownMax), `${indent}… ${entries.length - shownMax} more`]
}
