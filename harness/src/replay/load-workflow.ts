/** Loads the workflow of a replay. */
import { loadGuest, type GuestModule } from '@slung/runtime'

/** @throws {SlungError} `unreadable-file`; `bad-module` with every problem of the module and its remedy */
export async function loadWorkflow(file: string): Promise<GuestModule> {
  return await loadGuest(file)
}
