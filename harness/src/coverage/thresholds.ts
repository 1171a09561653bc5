/** Whether enough is covered. */
import type { Coverage } from './coverage.ts'
import { formatPercent, percentOf, totalsOf, type Part } from './totals.ts'

/** Minimum percentages for all workflows together; missing ones are not required. */
export interface Thresholds {
  /** Of functions, and of lines and branches where any workflow has a source map. */
  readonly all?: number
  readonly functions?: number
  readonly lines?: number
  readonly branches?: number
}

/** One sentence for each threshold that is not reached. */
export function missedThresholds(coverage: Coverage, { all, functions, lines, branches }: Thresholds): string[] {
  const totals = totalsOf(coverage.guests)
  const leastFunctions = functions ?? all
  const leastLines = lines ?? (totals.lines.total === 0 ? undefined : all)
  const leastBranches = branches ?? (totals.branches.total === 0 ? undefined : all)
  return [
    ...(leastFunctions === undefined ? [] : judge('functions', totals.functions, leastFunctions, nothingRan)),
    ...(leastLines === undefined ? [] : judge('lines', totals.lines, leastLines, noSourceMap)),
    ...(leastBranches === undefined ? [] : judge('branches', totals.branches, leastBranches, noBranch)),
  ]
}

const nothingRan = 'no function of a workflow was measured'
const noSourceMap = 'no line was measured, because no workflow that ran has a source map'
const noBranch = 'no branch was measured, because no workflow that ran has a source map and a branch'

function judge(what: string, part: Part, least: number, nothing: string): string[] {
  const asked = `expected at least ${least} %`
  if (part.total === 0) return [`coverage of ${what} is too low: ${nothing}, ${asked}`]
  const percent = percentOf(part)
  if (percent >= least) return []
  return [`coverage of ${what} is too low: ${part.reached} of ${part.total} ran (${formatPercent(percent)}), ${asked}`]
}
