/**
 * How many of the series in a store each sender has added, so that one alone cannot use up the limit of all. A series
 * that is removed is given back to the one who added it.
 *
 * Senders are known since the start of the process: series that were stored before it belong to nobody.
 */
import { IdTable } from '../model/id-table.ts'
import type { Series } from '../model/series.ts'
import { SlungError } from '../model/slung-error.ts'
import { briefly } from './append-rules.ts'
import type { SeriesId } from './history-source.ts'

interface Share {
  readonly sender: string
  count: number
}

export class SenderSeries {
  readonly #seriesMax: number
  /** Of senders with at least one series. */
  readonly #shares = new Map<string, Share>()
  readonly #owners = new IdTable<Share>()

  /** @param seriesMax - of one sender */
  constructor(seriesMax: number) {
    this.#seriesMax = seriesMax
  }

  /**
   * Adds a series that is new to the store.
   *
   * @param sender - in words, such as `producer 7`
   * @param add - adds it and returns its id; may refuse by throwing
   * @throws {SlungError} `too-many-series`, or what `add` throws
   */
  add(sender: string, series: Series, add: () => SeriesId): SeriesId {
    const share = this.#shares.get(sender) ?? { sender, count: 0 }
    if (share.count >= this.#seriesMax) {
      throw new SlungError(
        'too-many-series',
        `cannot add the series ${briefly(series)}: ${sender} has added ${share.count} of those that are stored, ` +
          'which is the limit for one sender; raise "sender_series" under [limits]',
      )
    }
    const id = add()
    share.count++
    this.#shares.set(sender, share)
    this.#owners.set(id, share)
    return id
  }

  /** Notes that series are removed. */
  giveBack(ids: readonly SeriesId[]): void {
    for (const id of ids) {
      const share = this.#owners.get(id)
      if (share === undefined) continue
      this.#owners.delete(id)
      if (--share.count === 0) this.#shares.delete(share.sender)
    }
  }
}
