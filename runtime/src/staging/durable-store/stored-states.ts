/** What workflows remember: in memory as it is, with what the disk does not have yet. */
import { StateTable, type StateStore } from '../../engine/store/state-store.ts'
import type { StateChange, StateValues } from '../../engine/model/state-values.ts'
import { describingDamage } from './describe-failure.ts'
import { readStates } from './read-store.ts'
import { readTotals, type Snapshot, type StoreFiles } from './store-files.ts'
import { stateKeyBytes } from './store-keys.ts'
import type { ChangedState } from './writer-messages.ts'

export class StoredStates implements StateStore {
  readonly table: StateTable = new StateTable()
  /** By the key on the disk. */
  #unwritten = new Map<string, ChangedState>()

  /** Loads everything. @throws {SlungError} `store-corrupt` */
  constructor(directory: string, files: StoreFiles, snapshot: Snapshot = {}) {
    const totals = describingDamage(directory, 'the record of totals', () => readTotals(files, snapshot))
    for (const { workflow, key, value } of readStates(directory, files, snapshot, totals)) {
      this.table.changeState(workflow, [[key, value]])
    }
  }

  stateOf(workflow: string): StateValues {
    return this.table.stateOf(workflow)
  }

  changeState(workflow: string, changes: readonly StateChange[]): void {
    this.table.changeState(workflow, changes)
    for (const [key, value] of changes) {
      this.#unwritten.set(stateKeyBytes(workflow, key).toString(), { workflow, key, value })
    }
  }

  /** What the disk does not have yet; counts as on its way from now on. */
  takeUnwritten(): readonly ChangedState[] {
    if (this.#unwritten.size === 0) return []
    const changed = [...this.#unwritten.values()]
    this.#unwritten = new Map()
    return changed
  }
}
