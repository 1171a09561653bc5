/** A store whose commits take time and fail during outages, and which knows whose samples are durable. */
import type { AppendRefusal, SampleBatch } from '../../src/engine/model/columns.ts'
import type { ProducerId } from '../../src/engine/model/live-event.ts'
import { SlungError } from '../../src/engine/model/slung-error.ts'
import { MemoryStore } from '../../src/engine/store/memory-store.ts'
import type { OnReplaced, StoreCounts } from '../../src/engine/store/sample-head.ts'
import type { VirtualTime } from '../virtual-time.ts'

export interface StoreOptions {
  readonly time: VirtualTime
  /** How long a commit takes. */
  readonly commitMillis: () => number
  readonly isFailing: () => boolean
}

export class SimulatedStore extends MemoryStore {
  /** When each commit began, when it ended, and whether it failed. */
  readonly commits: { readonly beganAt: number; endedAt: number; hasFailed: boolean }[] = []
  readonly #options: StoreOptions
  /** Producers of all samples, in the order in which they were appended. */
  readonly #owners: ProducerId[] = []
  #committedCount = 0
  #lastCommit: Promise<void> = Promise.resolve()
  readonly #committedOf = new Map<ProducerId, number>()

  constructor(options: StoreOptions) {
    super()
    this.#options = options
  }

  get appendedCount(): number {
    return this.#owners.length
  }

  /** How many samples are durable, oldest first. */
  get committedCount(): number {
    return this.#committedCount
  }

  /** How many samples of a producer are durable. */
  committedOf(producer: ProducerId): number {
    return this.#committedOf.get(producer) ?? 0
  }

  override append(batch: SampleBatch, onReplaced?: OnReplaced): readonly AppendRefusal[] {
    this.#owners.push(...batch.producers.subarray(0, batch.count))
    return super.append(batch, onReplaced)
  }

  override counts(): StoreCounts {
    return { ...super.counts(), uncommitted: this.#owners.length - this.#committedCount }
  }

  override commit(): Promise<void> {
    const commit = this.#commit()
    this.#lastCommit = commit.catch(() => {})
    return commit
  }

  /** Commits the rest once no commit is running, like the durable store. */
  override async close(): Promise<void> {
    await this.#lastCommit
    await this.commit()
  }

  async #commit(): Promise<void> {
    const { time, commitMillis, isFailing } = this.#options
    const count = this.#owners.length
    const commit = { beganAt: time.now(), endedAt: Number.POSITIVE_INFINITY, hasFailed: false }
    this.commits.push(commit)
    await new Promise<void>((resolve) => void time.after(commitMillis(), resolve))
    commit.endedAt = time.now()
    commit.hasFailed = isFailing()
    if (commit.hasFailed) throw new SlungError('store-failed', 'the disk is full')
    for (; this.#committedCount < count; this.#committedCount++) {
      const owner = this.#owners[this.#committedCount]!
      this.#committedOf.set(owner, this.committedOf(owner) + 1)
    }
  }
}
