/** The workflows that were loaded with probes, and what their probes mean. */
import { createHash } from 'node:crypto'
import { dirname, resolve } from 'node:path'
import type { GuestModule } from '@slung/runtime'
import type { GuestFile } from './coverage-files.ts'
import type { ProbePlan } from './plan-probes.ts'
import { loadProbedGuest } from './probed-guest.ts'
import type { Hits } from './runs.ts'
import { findSource, type SourcePlace } from './source-files.ts'
import type { SourceLine } from './source-positions.ts'

export interface CoveredGuest {
  /** The same wherever the same build of the same workflow is loaded. */
  readonly key: string
  readonly file: GuestFile
  /** As in the plan of the probes. */
  readonly targets: readonly number[]
}

const covered = new WeakMap<GuestModule, CoveredGuest | { readonly withoutProbes: string }>()

/**
 * Loads a workflow with probes, or as it is when they cannot be put into it.
 *
 * @throws {SlungError} as `loadGuest`
 */
export async function loadCoveredGuest(file: string): Promise<GuestModule> {
  const { guest, plan } = await loadProbedGuest(file)
  covered.set(guest, 'withoutProbes' in plan ? plan : describe(resolve(file), plan))
  return guest
}

/** `undefined` for a guest that was not loaded by `loadCoveredGuest`. */
export function coverageOf(guest: GuestModule): CoveredGuest | { readonly withoutProbes: string } | undefined {
  return covered.get(guest)
}

/** @param counts - by probe */
export function countHits({ file, targets }: CoveredGuest, counts: Uint32Array): Hits {
  const lineStart = file.functions.length
  const branchStart = lineStart + (file.lines?.length ?? 0)
  const hits = Array.from({ length: branchStart + 2 * file.branches.length }, () => 0)
  for (const [probe, target] of targets.entries()) {
    const count = counts[probe]!
    // A function is entered as often as all its copies together; the probes of a line are in its parts.
    const isOfLine = target >= lineStart && target < branchStart
    hits[target] = isOfLine ? Math.max(hits[target]!, count) : hits[target]! + count
  }
  return {
    functions: hits.slice(0, lineStart),
    lines: hits.slice(lineStart, branchStart),
    branches: hits
      .slice(branchStart)
      .map((count, index, pairs) => (index % 2 === 1 ? count : count - pairs[index + 1]!)),
  }
}

function describe(workflow: string, plan: ProbePlan): CoveredGuest {
  const { functions, lines, branches, sourceMap, targets } = plan
  const folder = dirname(workflow)
  const files = new Map<number, string>()
  const placeOf = ({ source, line }: SourceLine): SourcePlace => {
    const { sources, sourceRoot } = sourceMap!
    const file = files.get(source) ?? findSource(sources[source]!, sourceRoot, folder)
    files.set(source, file)
    return { file, line }
  }
  const file: GuestFile = {
    workflow,
    functions: functions.map(({ name, place }) => ({ name, place: place === null ? null : placeOf(place) })),
    lines: sourceMap === null ? null : lines.map(placeOf),
    branches: branches.map(placeOf),
  }
  // Two builds may count the same things in different places, but then the counts mean the same.
  const key = createHash('sha256').update(JSON.stringify(file)).digest('hex').slice(0, 16)
  return { key, file, targets }
}
