/** A pair: one scenario in staging, and its recording in a replay. The law: both timelines are the same. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadGuest, SlungError, type GuestModule } from '@slung/runtime'
import type { ReplayRun } from '../../src/run/replay-run.ts'
import { ProgramModules } from './program-module.ts'
import { judgeSpec, replaySpec } from './replayed-spec.ts'
import { noFacts, type Difference, type PairResult } from './pair-result.ts'
import type { Scenario } from './scenario.ts'
import { stage, type StagedTimeline } from './staged-run.ts'
import { firstDifference, lineOf, upToLastWriteback } from './timeline.ts'

/** Makes pairs, one after the other, in a folder of its own. */
export class PairMaker {
  readonly #modules: ProgramModules
  readonly #folder: string

  private constructor(modules: ProgramModules, folder: string) {
    this.#modules = modules
    this.#folder = folder
  }

  static async open(): Promise<PairMaker> {
    return new PairMaker(await ProgramModules.load(), await mkdtemp(join(tmpdir(), 'slung-truth-')))
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true })
  }

  async make(scenario: Scenario): Promise<PairResult> {
    const folder = join(this.#folder, 'pair')
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder)
    const guests = await Promise.all(
      scenario.programs.map(async (program, index) => {
        const file = join(folder, `w${index}.wasm`)
        await writeFile(file, this.#modules.make(program, `http://w${index}.hook.example`))
        return await loadGuest(file)
      }),
    )
    const staged = await stage(scenario, guests, folder)
    const differences: Difference[] = []
    const { sampleCount: samples, executed, subscribedBehind, askedBehind } = staged
    const facts = { ...noFacts, samples, subscribedBehind, askedBehind }
    for (const [index, timeline] of staged.timelines.entries()) {
      facts.pairs++
      facts.lines += timeline.lines.length
      // A workflow at rest has done everything, even if it leaves Events unpolled.
      const isUnfinished = !staged.isAtRest && staged.unfinished.includes(timeline.name)
      const isBehind = timeline.coalesced > 0 || staged.behind.includes(timeline.name)
      if (isBehind || isUnfinished) {
        facts.behind++
        continue
      }
      const { difference, delivered } = await judge(timeline, guests[index]!)
      facts.delivered += delivered
      if (difference !== null) differences.push({ ...difference, workflow: timeline.name })
    }
    return { differences, facts, executed }
  }
}

async function judge(
  timeline: StagedTimeline,
  guest: GuestModule,
): Promise<{ difference: Omit<Difference, 'workflow'> | null; delivered: number }> {
  try {
    const replayed = await replaySpec(timeline.specFile, guest)
    const { run } = replayed
    const difference = compare(timeline, run) ?? differentEnd(timeline, run) ?? (await judgeSpec(replayed))
    return { difference, delivered: run.delivered }
  } catch (error) {
    if (!(error instanceof SlungError)) throw error
    return { difference: { kind: 'the spec cannot run', text: error.message }, delivered: 0 }
  }
}

function compare(staged: StagedTimeline, run: ReplayRun): Omit<Difference, 'workflow'> | null {
  const replayed = upToLastWriteback(run.timeline.flatMap((entry) => lineOf(entry) ?? []))
  const at = firstDifference(staged.lines, replayed)
  if (at === null) return null
  const [inStaging, inReplay] = [staged.lines[at], replayed[at]]
  const text = [
    `line ${at + 1} of ${staged.lines.length} in staging and ${replayed.length} in the replay, which ended ${run.outcome}:`,
    ...around('both', staged.lines, Math.max(0, at - 4), at),
    ...around('staging', staged.lines, at, at + 4),
    ...around('replay', replayed, at, at + 4),
  ]
  const cause = run.timeline.filter((entry) => lineOf(entry) !== null)[at]?.cause
  if (cause) text.push(`in the replay after line ${cause.line} of the input`)
  return { kind: `${nameOf(inStaging)} / ${nameOf(inReplay)}`, text: text.join('\n') }
}

function differentEnd({ outcome }: StagedTimeline, run: ReplayRun): Omit<Difference, 'workflow'> | null {
  const inStaging =
    outcome === null ? 'goes on' : outcome.kind === 'returned' ? `returned ${outcome.code}` : outcome.kind
  const inReplay =
    run.outcome === 'drained' || run.outcome === 'undelivered'
      ? 'goes on'
      : run.outcome === 'returned'
        ? `returned ${run.code}`
        : run.outcome
  if (inStaging === inReplay) return null
  return { kind: `end: ${inStaging} / ${inReplay}`, text: `in staging it ${inStaging}, in the replay it ${inReplay}` }
}

function around(where: string, lines: readonly string[], from: number, to: number): string[] {
  return lines.slice(from, to).map((line, index) => `  ${where} ${from + index + 1}: ${line.slice(0, 300)}`)
}

/** The kind of a line, for counting. */
function nameOf(line: string | undefined): string {
  if (line === undefined) return 'nothing'
  const [kind, what] = JSON.parse(line) as [string, string]
  return kind === 'event' ? what : kind
}
