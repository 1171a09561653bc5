/**
 * The chunks of which the disk has no current version, and the choice of which to seal with the next group commit.
 *
 * A full chunk is sealed with the next group commit, and so are its halves when it had to be split. The others pin the
 * journal: it reaches back to the oldest sample that is in no sealed chunk. So when the journal has become long, those
 * that have been dirty longest are sealed although they are not full, a few with each commit, until it is half as long.
 */
import { BinaryHeap } from '../../engine/aggregate/binary-heap.ts'
import type { DurableChunk } from './durable-chunk.ts'
import type { Journal } from './journal.ts'

/** A journal of this cost is some 2 MB of usual samples, and a fraction of a second to replay. */
const journalCostMax = 1_000_000
/** The least that is sealed with one commit to shorten the journal; some 10 ms of this thread. */
const sliceCostMin = 64 * 1024
/** What a chunk costs to seal besides its samples, in samples. */
const chunkCost = 64
/** Chunks reopened for late samples: 128 KiB of memory each. */
const reopenedMax = 256

export class UnsealedChunks {
  /** Oldest first. An entry is outdated when its chunk has been sealed since. */
  readonly #bySince = new BinaryHeap<{ readonly chunk: DurableChunk; readonly since: number }>(
    (left, right) => left.since < right.since,
  )
  readonly #due = new Set<DurableChunk>()
  /** In the order in which they were reopened. */
  readonly #reopened = new Set<DurableChunk>()
  #isShortening = false

  /** @param since - the chunk's `dirtySince` */
  add(chunk: DurableChunk, since: number): void {
    this.#bySince.push({ chunk, since })
  }

  /** Notes that a chunk has to be sealed with the next commit: it is full, or half of a chunk that was. */
  addDue(chunk: DurableChunk): void {
    this.#due.add(chunk)
  }

  addReopened(chunk: DurableChunk): void {
    this.#reopened.add(chunk)
  }

  /** Forgets a chunk that is no longer dirty. */
  remove(chunk: DurableChunk): void {
    this.#due.delete(chunk)
    this.#reopened.delete(chunk)
  }

  /** The first record of the journal that is still needed; `undefined` when none is. */
  get oldestSince(): number | undefined {
    return this.#peek()?.since
  }

  /**
   * The chunks to seal with the next commit. The caller seals each one or adds it again.
   *
   * @param newCost - what the journal has grown by since the last commit: more than that has to go
   */
  choose(journal: Journal, newCost: number): Set<DurableChunk> {
    const chosen = new Set(this.#due)
    if (this.#reopened.size > reopenedMax) {
      let excess = this.#reopened.size - reopenedMax / 2
      for (const chunk of this.#reopened) {
        if (excess-- <= 0) break
        chosen.add(chunk)
      }
    }
    if (journal.cost > journalCostMax) this.#isShortening = true
    if (!this.#isShortening) return chosen
    const keepFrom = journal.sequenceWithin(journalCostMax / 2)
    let slice = Math.max(sliceCostMin, 2 * newCost)
    let oldest = this.#peek()
    for (; oldest !== undefined && oldest.since < keepFrom && slice > 0; oldest = this.#peek()) {
      this.#bySince.pop()
      chosen.add(oldest.chunk)
      slice -= oldest.chunk.count + chunkCost
    }
    this.#isShortening = oldest !== undefined && oldest.since < keepFrom
    return chosen
  }

  #peek(): { readonly chunk: DurableChunk; readonly since: number } | undefined {
    let oldest = this.#bySince.peek()
    while (oldest !== undefined && oldest.chunk.dirtySince !== oldest.since) {
      this.#bySince.pop()
      oldest = this.#bySince.peek()
    }
    return oldest
  }
}
