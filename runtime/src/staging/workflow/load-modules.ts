/** The modules of all workflows, or everything that is wrong with them. */
import { SlungError } from '../../engine/model/slung-error.ts'
import { loadGuest, type GuestModule } from '../../guest/load/load-guest.ts'
import type { WorkflowConfig } from '../config/runtime-config.ts'

/** @throws {SlungError} `bad-module`, with the problems of all */
export async function loadModules(workflows: readonly WorkflowConfig[]): Promise<readonly GuestModule[]> {
  const loading = workflows.map(({ file, memoryPagesMax }) => loadGuest(file, { memoryPagesMax }))
  const results = await Promise.allSettled(loading)
  const problems: string[] = []
  const modules: GuestModule[] = []
  for (const result of results) {
    if (result.status === 'fulfilled') modules.push(result.value)
    else if (result.reason instanceof SlungError) problems.push(result.reason.message)
    else throw result.reason
  }
  if (problems.length > 0) throw new SlungError('bad-module', problems.join('\n\n'))
  return modules
}
