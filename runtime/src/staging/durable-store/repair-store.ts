/**
 * Copies everything that is whole in a store into a new one, and says what is gone. Also the way from format 1 to the
 * present one: the old directory stays as it is.
 */
import { readdir } from 'node:fs/promises'
import { SampleBatchBuilder } from '../../engine/model/columns.ts'
import { SlungError } from '../../engine/model/slung-error.ts'
import { formatSeries } from '../../engine/model/series.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import { Summary } from '../../engine/aggregate/summary.ts'
import { Chunk } from '../../engine/store/chunk.ts'
import type { SeriesId } from '../../engine/store/history-source.ts'
import { SeriesSamples } from '../../engine/store/series-samples.ts'
import type { SealedChunk } from './chunk-bytes.ts'
import { DamagedBytes } from './damaged-bytes.ts'
import { durableSamplesMax } from './durable-chunk.ts'
import { DurableStore } from './durable-store.ts'
import { ReplayPlan } from './replay-plan.ts'
import { Salvage, type SalvagedChunk } from './salvage.ts'

/** Samples that are gone. */
export interface Loss {
  /** The series as people write it; `null` when its name is gone. */
  readonly series: string | null
  readonly first: Micros
  /** `null` = unknown. */
  readonly last: Micros | null
  readonly samples: number | null
}

export interface RepairReport {
  /** Of the directory that was read. */
  readonly format: number
  /** Series and samples in the new store. */
  readonly series: number
  readonly samples: number
  /** What is wrong with the store that was read, in words. */
  readonly damage: readonly string[]
  readonly losses: readonly Loss[]
  /** Samples and removals of lost journal records, which do not tell which they were; `null` = unknown. */
  readonly lostEntries: number | null
  /** Series whose names are gone, with all their samples. */
  readonly lostSeries: number
  /** Chunks of which nothing is left but their number. */
  readonly lostChunks: number
  /** Values that workflows remembered, in the new store, and those that are gone. */
  readonly states: number
  readonly lostStates: number
}

/** Whether anything that was in the old store is, or may be, missing from the new one. */
export function hasLosses({ losses, lostEntries, lostSeries, lostChunks, lostStates }: RepairReport): boolean {
  return losses.length > 0 || lostEntries !== 0 || lostSeries + lostChunks + lostStates > 0
}

/**
 * @param target - a directory that does not exist or is empty
 * @throws {SlungError} `cannot-open-store`, `store-in-use`, `store-format`, `store-failed`
 */
export async function repairStore(directory: string, target: string): Promise<RepairReport> {
  await refuseUsed(target)
  const salvage = await Salvage.open(directory)
  try {
    const store = await DurableStore.open(target)
    try {
      return await new Repair(salvage, store).run()
    } finally {
      await store.close()
    }
  } finally {
    await salvage.close()
  }
}

async function refuseUsed(target: string): Promise<void> {
  const entries = await readdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw new SlungError('cannot-open-store', `cannot repair into "${target}": ${error.message}`, { cause: error })
  })
  if (entries.length === 0) return
  throw new SlungError('cannot-open-store', `cannot repair into "${target}": it is not empty; name a new directory`)
}

type Change = (samples: SeriesSamples<Chunk>) => void

class Repair {
  readonly #salvage: Salvage
  readonly #store: DurableStore
  readonly #batch: SampleBatchBuilder
  readonly #losses: (Loss & { readonly id: SeriesId })[] = []
  #samples = 0

  constructor(salvage: Salvage, store: DurableStore) {
    this.#salvage = salvage
    this.#store = store
    this.#batch = new SampleBatchBuilder({
      intern: (series) => store.intern(series),
      latestFor: () => Number.POSITIVE_INFINITY,
    })
  }

  async run(): Promise<RepairReport> {
    const { series, removed, totals, format, damage, states } = this.#salvage
    const chunks = Map.groupBy(this.#salvage.chunks(), (chunk) => chunk.series)
    const lostNames = new Set<SeriesId>()
    const whole = new Map<SeriesId, SalvagedChunk[]>()
    for (const [id, ofSeries] of chunks) {
      const readable = ofSeries.filter((chunk) => this.#isReadable(chunk))
      if (series.has(id)) whole.set(id, readable)
      else {
        lostNames.add(id)
        for (const { first, sealed } of readable) this.#lose(id, first, sealed)
      }
    }
    const changes = this.#planChanges(whole, lostNames)
    for (const id of [...series.keys()].sort((left, right) => left - right)) {
      await this.#copy(id, whole.get(id) ?? [], changes.get(id) ?? [])
    }
    for (const { workflow, key, value } of states) this.#store.changeState(workflow, [[key, value]])
    await this.#store.commit()
    return {
      format,
      series: series.size,
      samples: this.#samples,
      damage,
      losses: this.#losses.filter(({ samples }) => samples !== 0),
      lostEntries: this.#lostEntries(),
      lostSeries: Math.max(lostNames.size, (totals?.series.count ?? 0) - series.size - removed.size),
      lostChunks: Math.max(0, (totals?.summaries.count ?? 0) - [...chunks.values()].flat().length),
      states: states.length,
      lostStates: Math.max(0, (totals?.state.count ?? 0) - states.length),
    }
  }

  #isReadable(chunk: SalvagedChunk): boolean {
    try {
      chunk.readSamples()
      return true
    } catch (error) {
      if (!(error instanceof DamagedBytes)) throw error
      this.#lose(chunk.series, chunk.first, chunk.sealed)
      return false
    }
  }

  #lose(id: SeriesId, first: Micros, sealed: SealedChunk | undefined): void {
    const series = this.#salvage.series.get(id)
    this.#losses.push({
      id,
      series: series === undefined ? null : formatSeries(series),
      first,
      last: sealed?.last ?? null,
      samples: sealed?.summary.count ?? null,
    })
  }

  /** What the journal says that is in no chunk, by series. Samples of series without a name count as lost. */
  #planChanges(
    whole: ReadonlyMap<SeriesId, readonly SalvagedChunk[]>,
    lostNames: Set<SeriesId>,
  ): Map<SeriesId, Change[]> {
    const { series, removed, journal } = this.#salvage
    const covers = new Map<SeriesId, SealedChunk[]>()
    for (const [id, chunks] of whole)
      covers.set(
        id,
        chunks.flatMap(({ sealed }) => (sealed === undefined ? [] : [sealed])),
      )
    const changes = new Map<SeriesId, Change[]>()
    const add = (id: SeriesId, change: Change): void => {
      if (!series.has(id)) {
        lostNames.add(id)
        return
      }
      const ofSeries = changes.get(id)
      if (ofSeries === undefined) changes.set(id, [change])
      else ofSeries.push(change)
    }
    const plan = new ReplayPlan([...this.#seriesIds()])
    for (const { sequence, record } of journal) plan.add(sequence, record)
    plan.replay((id) => (removed.has(id) ? undefined : (covers.get(id) ?? [])), {
      startRecord: () => {},
      append: (id, timestamp, value) => add(id, (samples) => samples.append(timestamp, value)),
      remove: (id, span) => add(id, (samples) => samples.remove(span)),
    })
    return changes
  }

  /** Every series that is known or written to. */
  #seriesIds(): Set<SeriesId> {
    const { series, journal } = this.#salvage
    const ids = new Set<SeriesId>(series.keys())
    for (const { record } of journal) {
      if (record.kind === 'samples') for (const id of record.columns.series) ids.add(id)
      else for (const removal of record.removals) if (removal.series !== null) ids.add(removal.series)
    }
    return ids
  }

  async #copy(id: SeriesId, chunks: readonly SalvagedChunk[], changes: readonly Change[]): Promise<void> {
    const target = this.#store.intern(this.#salvage.series.get(id)!)
    if (changes.length === 0) {
      for (const { readSamples } of chunks) {
        const { timestamps, values } = readSamples()
        await this.#append(target, timestamps, values)
      }
      return
    }
    const loaded = chunks.map(({ readSamples }) => new Chunk(durableSamplesMax, readSamples()))
    const samples = new SeriesSamples<Chunk>({ create: () => new Chunk(durableSamplesMax) }, id, loaded)
    for (const change of changes) change(samples)
    this.#regain(id, samples)
    for (const chunk of samples.chunks) {
      const { timestamps, values } = chunk.columns()
      await this.#append(target, timestamps, values)
    }
  }

  /** What the journal still has of a lost chunk is not lost. */
  #regain(id: SeriesId, samples: SeriesSamples<Chunk>): void {
    for (const [index, { id: lostIn, first, last, samples: lost }] of this.#losses.entries()) {
      if (lostIn !== id || last === null || lost === null) continue
      const found = new Summary()
      samples.addTo(found, { start: first, end: last })
      this.#losses[index] = { ...this.#losses[index]!, samples: Math.max(0, lost - found.count) }
    }
  }

  async #append(target: SeriesId, timestamps: Float64Array, values: Float64Array): Promise<void> {
    this.#batch.clear()
    for (let index = 0; index < timestamps.length; index++) {
      this.#batch.add(target, timestamps[index]!, values[index]!, 0)
    }
    this.#store.append(this.#batch)
    this.#samples += timestamps.length
    if (this.#store.counts().uncommitted >= commitSamples) await this.#store.commit()
  }

  #lostEntries(): number | null {
    const { totals, journal, format, isNewest } = this.#salvage
    if (!isNewest) return null
    // Format 1 does not say what there was.
    if (totals === undefined) return format === 1 ? 0 : null
    const found = journal.reduce(
      (sum, { record }) => sum + (record.kind === 'samples' ? record.columns.series.length : record.removals.length),
      0,
    )
    return Math.max(0, totals.journalEntries - found)
  }
}

const commitSamples = 200_000
