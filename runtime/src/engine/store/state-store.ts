/**
 * What workflows remember, by the name of the workflow: small values that are written with the samples, so that one is
 * not on the disk without the other.
 */
import { applyChanges, type StateChange, type StateValues } from '../model/state-values.ts'

export interface StateStore {
  /** Not a copy. */
  stateOf(workflow: string): StateValues
  /** Durable with the next commit, all changes together, and not without the samples that were appended before. */
  changeState(workflow: string, changes: readonly StateChange[]): void
}

/** In memory. */
export class StateTable implements StateStore {
  readonly #workflows = new Map<string, Map<string, Uint8Array>>()

  stateOf(workflow: string): StateValues {
    return this.#workflows.get(workflow) ?? noValues
  }

  changeState(workflow: string, changes: readonly StateChange[]): void {
    let values = this.#workflows.get(workflow)
    if (values === undefined) this.#workflows.set(workflow, (values = new Map()))
    applyChanges(values, changes)
    if (values.size === 0) this.#workflows.delete(workflow)
  }

  /** The names of those that remember something. */
  get workflows(): IterableIterator<string> {
    return this.#workflows.keys()
  }
}

const noValues: StateValues = new Map()
