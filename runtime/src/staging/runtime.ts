/**
 * The assembled reference runtime: the stage, with sockets in front of it.
 *
 * This is the one place that wires the world (clock, disk, sockets, threads) to the parts that only receive it.
 */
import { MemoryStore } from '../engine/store/memory-store.ts'
import type { HistorySource } from '../engine/store/history-source.ts'
import type { SampleHead } from '../engine/store/sample-head.ts'
import { StateTable, type StateStore } from '../engine/store/state-store.ts'
import { windowSampleBytes } from '../engine/live/window-limit.ts'
import { GuestThread } from '../guest/run/guest-thread.ts'
import type { RuntimeConfig } from './config/runtime-config.ts'
import { EventCounts } from './observe/event-counts.ts'
import { LogWriter, type RuntimeLog } from './observe/log-writer.ts'
import { Observers } from './observe/observers.ts'
import { recordProtocol } from './record/record-protocol.ts'
import { Recordings } from './record/recordings.ts'
import { ScribeThread } from './record/scribe-thread.ts'
import { Connections } from './server/connections.ts'
import { HttpServer } from './server/http-server.ts'
import { createMetricsPage } from './server/metrics-page.ts'
import { createRouter, createRoutes, openPaths } from './server/routes.ts'
import { Stage, type StageOptions } from './stage.ts'
import { stopInOrder } from './stop-in-order.ts'
import type { Timer } from './system/clock.ts'
import { MemoryGuard } from './system/memory-guard.ts'
import { garbageCollector, machineMemoryBytes, ownMemoryBytes, setHeapGrowth, YoungSpace } from './system/own-memory.ts'
import { SystemClock } from './system/system-clock.ts'
import { SystemTimers } from './system/system-timers.ts'
import { ackProtocol } from './wire/server-message.ts'
import { loadModules } from './workflow/workflows.ts'
import type { WorkflowStatus } from './workflow/workflow-status.ts'

const aliveCheckMillis = 30_000
const mebibyte = 1024 * 1024
/** Of the machine's memory: the rest is for the kernel, for its cache of the store, and for the time until the next look. */
const memoryFraction = 0.75
/** A workflow whose windows take less than this part of the ceiling is not what fills it. */
const leastPartOfMemory = 20

export class Runtime {
  readonly #config: RuntimeConfig
  readonly #timers = new SystemTimers()
  readonly #stage: Stage
  readonly #memory: MemoryGuard
  readonly #connections: Connections
  readonly #recordings: Recordings
  readonly #server: HttpServer
  readonly #logWriter: LogWriter
  #aliveCheck: Timer | undefined
  #port = 0
  #isStopping = false

  private constructor(config: RuntimeConfig, log: RuntimeLog, parts: Stores & Pick<StageOptions, 'modules'>) {
    this.#config = config
    const { limits } = config
    const { store, states } = parts
    // The store keeps everything, so it is the history too.
    const history: HistorySource = store
    const timers = this.#timers
    const clock = new SystemClock()
    const events = new EventCounts()
    this.#logWriter = new LogWriter(log, clock, timers)
    const observers = new Observers([events, this.#logWriter])
    const stage = new Stage({
      ...parts,
      history,
      config,
      createThread: () =>
        new GuestThread({
          heapMebibytesMax: Math.floor(config.limits.workflowHeapBytesMax / mebibyte),
          heapRemedy: 'raise "workflow_heap" under [limits]',
        }),
      sendText: (producer, text, now) => this.#connections.sendText(producer, text, now),
      clock,
      stopwatch: clock,
      timers,
      observers,
    })
    const { arrivals, intake, workflows, windows } = stage
    const memoryBytesMax = limits.memoryBytesMax ?? machineMemoryBytes() * memoryFraction
    setHeapGrowth(memoryBytesMax)
    const young = new YoungSpace()
    const memory = new MemoryGuard({
      bytesMax: memoryBytesMax,
      read: () => {
        young.update()
        return ownMemoryBytes()
      },
      collect: garbageCollector(),
      onStuck: (found) => windows.endLargest(found, memory.bytesMax / leastPartOfMemory / windowSampleBytes),
      onChange: (isExceeded, found) => {
        intake.setShortOfMemory(isExceeded)
        this.#connections.setShortOfMemory(isExceeded)
        windows.shortage = memory.refusal
        observers.tell('shortOfMemory', isExceeded ? found : null)
      },
      clock,
      timers,
    })
    this.#memory = memory
    const connections = new Connections({ intake, limits, timers, observers })
    this.#stage = stage
    this.#connections = connections
    this.#recordings = new Recordings({
      arrivals,
      store,
      states,
      history,
      workflows: workflows.all,
      turns: stage.turns,
      clock,
      timers,
      observers,
      sendBufferBytesMax: limits.sendBufferBytesMax,
      createScribe: (hasHistory, listener) => new ScribeThread(hasHistory, listener),
    })
    this.#server = new HttpServer({
      access: { token: config.token, origins: config.origins, host: config.host },
      port: config.port,
      timers,
      frameBytesMax: limits.frameBytesMax,
      strangersMax: limits.strangersMax,
      answer: createRouter(
        createRoutes({
          answer: (query) => stage.answer(query),
          intake,
          limits,
          clock,
          observers,
          workflows: () => workflows.status(),
          stateOf: (name) => {
            const state = states.stateOf(name)
            // That of a workflow that is not there any more is kept.
            return workflows.has(name) || state.size > 0 ? state : null
          },
          starting: () => stage.starting,
          metrics: createMetricsPage(() => ({
            events,
            store: store.counts(),
            connectionsOpen: connections.openCount,
            workflows: workflows.status(),
            pace: workflows.pace(),
            startingCount: stage.starting.length,
            logLinesDropped: log.droppedLines,
            strangersClosed: this.#server.strangersClosed,
            memory,
            windowSamples: windows.total,
          })),
          shortage: () => memory.refusal,
          isStopping: () => this.#isStopping,
        }),
      ),
      openPaths,
      doors: {
        '/': {
          protocol: ackProtocol,
          isProtocolRequired: false,
          refuse: () => this.#refuseAll() ?? connections.refuse(),
          onConnection: (socket) => connections.open(socket),
        },
        '/record': {
          protocol: recordProtocol,
          isProtocolRequired: true,
          refuse: (address) => this.#refuseAll() ?? memory.refusal ?? this.#recordings.refuse(address),
          onConnection: (socket, url) => this.#recordings.open(socket, url),
        },
      },
      onDenied: (path, status, reason) => observers.tell('denied', path, status, reason),
      onError: (error) => log.error('cannot answer a request', { err: error }),
    })
  }

  /**
   * Opens the store, loads the workflows, listens and starts them.
   *
   * @throws {SlungError} when any of these fails; everything opened before is closed then
   */
  static async start(config: RuntimeConfig, log: RuntimeLog): Promise<Runtime> {
    const modules = await loadModules(config.workflows)
    // Nobody who sends series may know where they are in the index, and so make its lookups slow.
    const [hashSeed] = crypto.getRandomValues(new Int32Array(1))
    const seeded = { hashSeed: hashSeed! }
    const stores = config.data === null ? openMemory(seeded) : await openDurable(config.data, seeded)
    const runtime = new Runtime(config, log, { modules, ...stores })
    try {
      await runtime.#start()
    } catch (error) {
      runtime.#logWriter.close()
      await stores.store.close()
      throw error
    }
    return runtime
  }

  /** `http://127.0.0.1:2077`. */
  get url(): string {
    const { host } = this.#config
    return `http://${host.includes(':') ? `[${host}]` : host}:${this.#port}`
  }

  /** What `/workflows` shows. */
  workflows(): readonly WorkflowStatus[] {
    return this.#stage.workflows.status()
  }

  /** Stops everything. @throws {SlungError} as `stopInOrder` */
  async stop(): Promise<void> {
    this.#isStopping = true
    this.#aliveCheck?.cancel()
    this.#memory.stop()
    try {
      await stopInOrder({
        stage: this.#stage,
        connections: this.#connections,
        recordings: this.#recordings,
        closed: this.#server.close(),
      })
    } finally {
      this.#logWriter.close()
    }
  }

  async #start(): Promise<void> {
    this.#port = await this.#server.listen()
    this.#memory.start()
    await this.#stage.start()
    this.#aliveCheck = this.#timers.every(aliveCheckMillis, () => {
      this.#connections.checkAlive()
      this.#recordings.checkAlive()
    })
    this.#stage.startRetention()
  }

  #refuseAll(): string | null {
    return this.#isStopping ? 'the runtime is stopping' : null
  }
}

interface Stores {
  readonly store: SampleHead
  readonly states: StateStore
}

function openMemory(options: { readonly hashSeed: number }): Stores {
  return { store: new MemoryStore(options), states: new StateTable() }
}

async function openDurable(directory: string, options: { readonly hashSeed: number }): Promise<Stores> {
  // Loaded here: a runtime in memory does not need the native module behind it.
  const { DurableStore } = await import('./durable-store/durable-store.ts')
  const store = await DurableStore.open(directory, options)
  return { store, states: store }
}
