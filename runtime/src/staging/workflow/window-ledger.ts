/**
 * The samples in the windows of all workflows together: what another window would add is counted here before it is read.
 *
 * One workflow's windows have a limit, and all workflows' together another. Beyond the second, a subscription is
 * refused, and windows that grow end the run of the workflow that holds most. Whatever the others hold, each workflow may
 * have its equal share.
 */
import { SlungError } from '../../engine/model/slung-error.ts'
import type { Query } from '../../engine/query/query.ts'
import { grouped } from '../../engine/text/words.ts'

/** A run that holds windows. */
export interface WindowHolder {
  readonly windowSamples: number
  /** Whether its run is ending, and its windows with it. */
  readonly isEnding: boolean
  /** Ends its run, with this reason. */
  endOverLimit(reason: string): void
}

const remedy = 'narrow its ranges, or raise "window_samples_total" under [limits]'

export class WindowLedger {
  /** Most samples in the windows of one workflow. */
  readonly samplesMax: number
  readonly #totalMax: number
  readonly #workflowCount: number
  readonly #holders = new Set<WindowHolder>()
  /** Why no window can be opened now, whatever its size; `null` = some can. */
  shortage: string | null = null

  /** @param workflowCount - how many share `totalMax` */
  constructor(samplesMax: number, totalMax: number, workflowCount: number) {
    this.samplesMax = samplesMax
    this.#totalMax = totalMax
    this.#workflowCount = workflowCount
  }

  add(holder: WindowHolder): void {
    this.#holders.add(holder)
  }

  remove(holder: WindowHolder): void {
    this.#holders.delete(holder)
  }

  /** Samples in the windows of all workflows. */
  get total(): number {
    let total = 0
    for (const { windowSamples, isEnding } of this.#holders) if (!isEnding) total += windowSamples
    return total
  }

  /** Why a window of `count` samples leaves too little for the others; `undefined` = there is room. */
  refusal(holder: WindowHolder, query: Query, count: number): SlungError | undefined {
    const { total, shortage } = this
    if (shortage !== null && count > 0) {
      return new SlungError('too-many-window-samples', `cannot subscribe to "${query.text}": ${shortage}`)
    }
    if (total + count <= this.#totalMax || holder.windowSamples + count <= this.#share) return undefined
    const what = `cannot subscribe to "${query.text}": its window would begin with ${grouped(count)} samples`
    const found = `the windows of all workflows hold ${grouped(total)} of at most ${grouped(this.#totalMax)}`
    return new SlungError('too-many-window-samples', `${what}, and ${found}; ${remedy}`)
  }

  /** To be called when windows may have grown: ends the runs that hold most, until the others have room. */
  enforce(): void {
    for (let { total } = this; total > this.#totalMax; { total } = this) {
      const largest = this.#largest()
      if (largest === undefined) return
      const found = `the windows of all workflows hold ${grouped(total)} samples, and may hold ${grouped(this.#totalMax)}`
      largest.endOverLimit(`${found}: it has most of them, ${grouped(largest.windowSamples)}; ${remedy}`)
    }
  }

  /** Ends the run whose windows hold most, if that makes a difference. @param found - why; `samplesMin` - what does */
  endLargest(found: string, samplesMin: number): void {
    const largest = this.#largest()
    if (largest === undefined || largest.windowSamples < samplesMin) return
    const count = grouped(largest.windowSamples)
    largest.endOverLimit(`${found}: its windows hold ${count} samples, more than those of any other workflow`)
  }

  #largest(): WindowHolder | undefined {
    let largest: WindowHolder | undefined
    for (const holder of this.#holders) {
      if (!holder.isEnding && holder.windowSamples > (largest?.windowSamples ?? 0)) largest = holder
    }
    return largest
  }

  get #share(): number {
    return this.#totalMax / Math.max(1, this.#workflowCount)
  }
}
