/** The connections that contributed samples to an aggregate, and how many samples of each are still in it. */
import type { ProducerId } from '../model/live-event.ts'
import { noProducer } from '../model/columns.ts'

/** Most producers named in an Event; of more, the latest contributors are named. */
const producersNamedMax = 1024

interface Contribution {
  readonly producer: ProducerId
  sampleCount: number
  /** Position of the latest sample in the order of arrival. */
  latest: number
}

export class Contributors {
  readonly #byProducer = new Map<ProducerId, Contribution>()
  #arrivals = 0
  // Feeds arrive in runs from one connection: remembering the last one saves the lookup.
  #recent: Contribution | undefined
  #listed: readonly ProducerId[] | undefined = []

  /** Adds one sample. */
  add(producer: ProducerId): void {
    if (producer === noProducer) return
    let contribution = this.#recent
    if (contribution?.producer !== producer) {
      contribution = this.#byProducer.get(producer)
      if (contribution === undefined) {
        contribution = { producer, sampleCount: 0, latest: 0 }
        this.#byProducer.set(producer, contribution)
        this.#listed = undefined
      }
      // Which are named depends on the order of arrival only when there are too many.
      if (this.#byProducer.size > producersNamedMax) this.#listed = undefined
      this.#recent = contribution
    }
    contribution.sampleCount++
    contribution.latest = ++this.#arrivals
  }

  /** Removes one sample that was added; ignores unknown (closed) producers. */
  remove(producer: ProducerId): void {
    if (producer === noProducer) return
    const recent = this.#recent
    const contribution = recent?.producer === producer ? recent : this.#byProducer.get(producer)
    if (contribution !== undefined && --contribution.sampleCount === 0) this.close(producer)
  }

  /** Forgets a producer with all its samples. */
  close(producer: ProducerId): void {
    if (!this.#byProducer.delete(producer)) return
    if (this.#recent?.producer === producer) this.#recent = undefined
    this.#listed = undefined
  }

  /** Ascending, at most the `producersNamedMax` latest contributors. Calls share the array: do not change it. */
  list(): readonly ProducerId[] {
    this.#listed ??= this.#select()
    return this.#listed
  }

  #select(): readonly ProducerId[] {
    let contributions = [...this.#byProducer.values()]
    if (contributions.length > producersNamedMax) {
      contributions = contributions.sort((left, right) => right.latest - left.latest).slice(0, producersNamedMax)
    }
    return contributions.map((contribution) => contribution.producer).sort((left, right) => left - right)
  }
}
