/** What `Runtime` puts together, without its server: the stage, connections and recordings, in virtual time. */
import type { GuestModule } from '../../src/guest/load/load-guest.ts'
import { runtimeDefaults } from '../../src/staging/config/defaults.ts'
import type { LimitsConfig, WorkflowConfig } from '../../src/staging/config/runtime-config.ts'
import type { Observers } from '../../src/staging/observe/observers.ts'
import { Recordings } from '../../src/staging/record/recordings.ts'
import type { Clock } from '../../src/staging/system/clock.ts'
import { Connections } from '../../src/staging/server/connections.ts'
import { Stage, type StageOptions } from '../../src/staging/stage.ts'
import { DirectScribe } from '../direct-scribe.ts'
import type { VirtualTime } from '../virtual-time.ts'
import { StateTable } from '../../src/engine/store/state-store.ts'
import type { SimulatedStore } from './simulated-store.ts'
import type { SimulatedThread } from './simulated-thread.ts'

export interface StagingOptions {
  readonly time: VirtualTime
  readonly store: SimulatedStore
  readonly observers: Observers
  readonly limits?: Partial<LimitsConfig>
  readonly workflows: readonly SimulatedWorkflow[]
  /** In place of what reaches a producer through its connection. */
  readonly sendText?: StageOptions['sendText']
}

export interface SimulatedWorkflow {
  readonly config: WorkflowConfig
  /** Runs what stands for its module. */
  readonly thread: SimulatedThread
}

export interface SimulatedStaging {
  readonly stage: Stage
  readonly connections: Connections
  readonly recordings: Recordings
}

export function createStaging({ time, store, observers, workflows, ...options }: StagingOptions): SimulatedStaging {
  const limits = { ...runtimeDefaults.limits, ...options.limits }
  const threads = workflows.map(({ thread }) => thread)
  const states = new StateTable()
  const stage = new Stage({
    config: { ...runtimeDefaults, workflows: workflows.map(({ config }) => config), limits },
    // The threads have what runs instead.
    modules: workflows.map(() => ({ report: { imports: [{ name: 'environ_get' }] } }) as unknown as GuestModule),
    store,
    states,
    history: store,
    createThread: () => threads.shift()!,
    sendText: options.sendText ?? ((producer, text, now) => connections.sendText(producer, text, now)),
    clock: time,
    stopwatch: new TickingStopwatch(time),
    timers: time,
    observers,
  })
  const { arrivals, intake } = stage
  const connections = new Connections({ intake, limits, timers: time, observers })
  const recordings = new Recordings({
    arrivals,
    store,
    states,
    history: store,
    workflows: stage.workflows.all,
    turns: stage.turns,
    clock: time,
    timers: time,
    observers,
    sendBufferBytesMax: limits.sendBufferBytesMax,
    createScribe: (hasHistory, listener) => new DirectScribe(hasHistory, listener),
  })
  return { stage, connections, recordings }
}

/** Virtual time stands still while work is done; this goes on a little at each look, so that work is interrupted. */
class TickingStopwatch implements Pick<Clock, 'elapsedMillis'> {
  readonly #time: VirtualTime
  #lookCount = 0

  constructor(time: VirtualTime) {
    this.#time = time
  }

  elapsedMillis(): number {
    return this.#time.elapsedMillis() + 0.2 * this.#lookCount++
  }
}
