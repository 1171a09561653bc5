/** All workflows of a runtime: loaded, started, offered samples and stopped together. */
import { SlungError } from '../../engine/model/slung-error.ts'
import { loadGuest, type GuestModule } from '../../guest/load/load-guest.ts'
import type { WorkflowConfig } from '../config/runtime-config.ts'
import type { Clock, Timers } from '../system/clock.ts'
import type { Workflow } from './workflow.ts'
import type { WorkflowPace, WorkflowStatus } from './workflow-status.ts'

/** How often `stop` checks whether they have polled everything. */
const lookMillis = 10

export class Workflows {
  readonly all: readonly Workflow[]
  readonly #clock: Pick<Clock, 'elapsedMillis'>
  readonly #timers: Pick<Timers, 'after'>

  constructor(all: readonly Workflow[], clock: Pick<Clock, 'elapsedMillis'>, timers: Pick<Timers, 'after'>) {
    this.all = all
    this.#clock = clock
    this.#timers = timers
  }

  has(name: string): boolean {
    return this.all.some(({ config }) => config.name === name)
  }

  status(): readonly WorkflowStatus[] {
    return this.all.map((workflow) => workflow.status())
  }

  pace(): readonly WorkflowPace[] {
    return this.all.map((workflow) => workflow.pace())
  }

  /**
   * Starts them, and resolves when each has subscribed to what it waits for: it would miss samples that arrive before.
   *
   * @param millisMax - how long a slow start may hold up the others
   */
  async start(millisMax: number): Promise<void> {
    for (const workflow of this.all) workflow.start()
    const late = Promise.withResolvers<void>()
    const timer = this.#timers.after(millisMax, () => late.resolve())
    await Promise.race([Promise.all(this.all.map((workflow) => workflow.ready)), late.promise])
    timer.cancel()
  }

  /** To be called after samples were appended. */
  offer(): void {
    for (const workflow of this.all) workflow.offer()
  }

  /**
   * Lets them poll what is waiting for them, and then ends them.
   *
   * @param drainMillis - how long they may take to poll it
   * @param graceMillis - how long they may then take to end before they are ended by force
   */
  async stop(drainMillis: number, graceMillis: number): Promise<void> {
    for (const workflow of this.all) workflow.startNoMore()
    const deadline = this.#clock.elapsedMillis() + drainMillis
    while (this.all.some((workflow) => !workflow.isIdle) && this.#clock.elapsedMillis() < deadline) {
      await new Promise<void>((resolve) => void this.#timers.after(lookMillis, resolve))
    }
    await Promise.all(this.all.map((workflow) => workflow.stop(graceMillis)))
  }
}

/**
 * Loads the modules of all workflows.
 *
 * @throws {SlungError} `bad-module`, with everything that is wrong with any of them
 */
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
