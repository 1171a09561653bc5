/**
 * The reference runtime, put together: the engine over a store, the server in front of it, and the workflows beside.
 *
 * This is the one place that wires the world (clock, disk, sockets, threads) to the parts that only receive it.
 */
import type { WebSocket } from 'ws'
import type { RuntimeConfig } from './config/runtime-config.ts'
import { Engine } from '../engine/engine.ts'
import { evaluateHistory } from '../engine/evaluate-history.ts'
import { loadGuest, type GuestModule } from '../guest/load/load-guest.ts'
import { ackProtocol } from './wire/ack-protocol.ts'
import { SlungError } from '../engine/model/slung-error.ts'
import { recordProtocol } from './record/record-protocol.ts'
import { HttpServer } from './server/http-server.ts'
import { Intake } from './intake.ts'
import type { RuntimeCounts } from './server/metrics.ts'
import { ProducerConnection } from './server/producer-connection.ts'
import { Producers } from './server/producers.ts'
import { Recordings } from './server/recordings.ts'
import { createRouter } from './server/routes.ts'
import { MemoryStore } from '../engine/store/memory-store.ts'
import type { HistorySource } from '../engine/store/history-source.ts'
import type { SampleHead } from '../engine/store/sample-head.ts'
import { LogLimit } from './system/log-limit.ts'
import { SystemClock } from './system/system-clock.ts'
import { Workflow, type WorkflowLog, type WorkflowStatus } from './workflow/workflow.ts'

/** Where the runtime says what happens. Never receives a secret. */
export interface RuntimeLog {
  info(message: string, details?: object): void
  warn(message: string, details?: object): void
  error(message: string, details?: object): void
  /** The log of one workflow. */
  workflow(name: string): WorkflowLog
}

const aliveCheckMillis = 30_000
const retentionMillis = 60_000
/** How long workflows may take to poll what waits for them, and then to end. */
const drainMillis = 5000
const graceMillis = 5000
const goodbyeMillis = 1000
/** Of a path in the log. */
const pathUnitsMax = 200
/** How long the first samples wait for workflows to subscribe. */
const readyMillisMax = 2000

export class Runtime {
  readonly #config: RuntimeConfig
  readonly #log: RuntimeLog
  readonly #clock = new SystemClock()
  readonly #store: SampleHead
  readonly #engine: Engine
  readonly #intake: Intake
  readonly #producers = new Producers<ProducerConnection>()
  readonly #workflows: readonly Workflow[]
  readonly #recordings: Recordings
  readonly #server: HttpServer
  readonly #timers: NodeJS.Timeout[] = []
  #refusalCount = 0
  #slowCount = 0
  readonly #denialLimit = new LogLimit(performance.now())
  #port = 0
  #isStopping = false
  readonly #ready = Promise.withResolvers<void>()
  #metrics: Promise<() => Promise<{ text: string; contentType: string }>> | undefined

  private constructor(config: RuntimeConfig, log: RuntimeLog, store: SampleHead, modules: readonly GuestModule[]) {
    this.#config = config
    this.#log = log
    this.#store = store
    const { limits } = config
    const now = (): number => this.#clock.now()
    this.#engine = new Engine({ store, now, seriesMax: limits.seriesMax })
    // The store keeps everything, so it has the history as well.
    const source: HistorySource = store
    this.#intake = new Intake({
      engine: this.#engine,
      store,
      limits,
      now,
      onAppended: () => {
        for (const workflow of this.#workflows) workflow.offer()
        this.#recordings.flush()
      },
      onFailure: (failure) => {
        if (failure === null) log.info('the store can be written again')
        else log.error(`${failure.message}; nothing is acknowledged until it can be written again`)
      },
    })
    this.#workflows = config.workflows.map(
      (workflow, index) =>
        new Workflow({
          config: workflow,
          module: modules[index]!,
          http: config.http,
          world: {
            engine: this.#engine,
            history: (query) => evaluateHistory(source, query, now()),
            write: (series, timestamp, value) => this.#intake.write(workflow.name, series, timestamp, value),
            room: () => this.#intake.room(),
            sendText: (producer, text) => this.#producers.sendText(producer, text),
          },
          log: log.workflow(workflow.name),
          now,
        }),
    )
    this.#recordings = new Recordings({
      store,
      history: source,
      intake: this.#intake,
      workflows: this.#workflows,
      now,
      sendBufferBytesMax: limits.sendBufferBytesMax,
      log,
    })
    this.#server = new HttpServer({
      access: { token: config.token, origins: config.origins, host: config.host },
      port: config.port,
      frameBytesMax: limits.frameBytesMax,
      connectionsMax: limits.connectionsMax,
      ready: this.#ready.promise,
      answer: createRouter({
        history: (query) => evaluateHistory(source, query, now()),
        intake: this.#intake,
        limits,
        now,
        onRefused: (lineCount) => {
          this.#refusalCount += lineCount
        },
        workflows: () => this.workflows(),
        metrics: () => this.#scrape(),
      }),
      doors: {
        '/': {
          protocol: ackProtocol,
          isProtocolRequired: false,
          refuse: () => this.#refuseConnection(),
          onConnection: (socket) => this.#connect(socket),
        },
        '/record': {
          protocol: recordProtocol,
          isProtocolRequired: true,
          refuse: () => (this.#isStopping ? 'the runtime is stopping' : this.#recordings.refuse()),
          onConnection: (socket, url) => this.#recordings.open(socket, url),
        },
      },
      onDenied: (path, status, reason) => this.#logDenial(path, status, reason),
      onError: (error) => log.error('failed to answer a request', { err: error }),
    })
  }

  /**
   * Opens the store, loads the workflows, listens and starts them.
   *
   * @throws {SlungError} when any of it cannot be done; everything that was opened is closed then
   */
  static async start(config: RuntimeConfig, log: RuntimeLog): Promise<Runtime> {
    const modules = await loadModules(config)
    const store = config.data === null ? new MemoryStore() : await openDurableStore(config.data)
    const runtime = new Runtime(config, log, store, modules)
    try {
      await runtime.#start()
    } catch (error) {
      await store.close()
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
    return this.#workflows.map((workflow) => workflow.status())
  }

  /**
   * Takes no more samples, lets the workflows poll what waits for them, ends them, and makes everything durable.
   *
   * @throws {SlungError} `store-failed` when what is left cannot be written
   */
  async stop(): Promise<void> {
    this.#isStopping = true
    for (const timer of this.#timers) clearInterval(timer)
    const closing = this.#server.close()
    for (const connection of this.#producers.all()) connection.hold()
    const recorded = this.#recordings.finish()
    for (const workflow of this.#workflows) workflow.startNoMore()
    await this.#drain()
    await Promise.all(this.#workflows.map((workflow) => workflow.stop(graceMillis)))
    await recorded
    for (const connection of this.#producers.all()) connection.close()
    const goodbye = setTimeout(() => {
      for (const connection of this.#producers.all()) connection.terminate()
    }, goodbyeMillis)
    await closing
    clearTimeout(goodbye)
    this.#intake.close()
    await this.#store.close()
  }

  async #start(): Promise<void> {
    this.#port = await this.#server.listen()
    for (const workflow of this.#workflows) workflow.start()
    // Else the first samples would come before anybody has subscribed. One that takes long does not hold up the others.
    const late = setTimeout(() => this.#ready.resolve(), readyMillisMax)
    await Promise.race([Promise.all(this.#workflows.map((workflow) => workflow.ready)), this.#ready.promise])
    clearTimeout(late)
    this.#ready.resolve()
    this.#every(aliveCheckMillis, () => {
      for (const connection of this.#producers.all()) connection.checkAlive()
      this.#recordings.checkAlive()
    })
    const { ageMicros, bytesMax } = this.#config.retention
    if (ageMicros !== null || bytesMax !== null) {
      this.#retain()
      this.#every(retentionMillis, () => this.#retain())
    }
  }

  /** Those who are refused must not fill the log either. */
  #logDenial(path: string, status: number, reason: string): void {
    if (!this.#denialLimit.admit(performance.now())) return
    const dropped = this.#denialLimit.takeDropped()
    if (dropped > 0) this.#log.warn(`${dropped} more requests were refused`)
    this.#log.warn(`refused a request for ${path.slice(0, pathUnitsMax)}: ${reason}`, { status })
  }

  #every(millis: number, action: () => void): void {
    this.#timers.push(setInterval(action, millis))
  }

  #retain(): void {
    const { ageMicros, bytesMax } = this.#config.retention
    const before = ageMicros === null ? null : this.#clock.now() - ageMicros
    const removed = this.#store.retain({ before, bytesMax })
    if (removed === 0) return
    this.#log.info(`retention removed ${removed} samples`)
    // The next samples would bring it to the disk as well, but there may be none. The intake reports a failure.
    this.#intake.durable().catch(() => {})
  }

  #refuseConnection(): string | null {
    const { connectionsMax } = this.#config.limits
    if (this.#isStopping) return 'the runtime is stopping'
    if (this.#producers.openCount < connectionsMax) return null
    return `${connectionsMax} connections are open already, which is the limit`
  }

  #connect(socket: WebSocket): void {
    const id = this.#producers.nextId
    this.#producers.add(
      new ProducerConnection({
        id,
        socket,
        intake: this.#intake,
        sendBufferBytesMax: this.#config.limits.sendBufferBytesMax,
        onClose: () => {
          this.#producers.remove(id)
          this.#engine.closeProducer(id)
          this.#recordings.closeProducer(id)
        },
        onSlow: () => {
          this.#slowCount++
          this.#log.warn(`closed the connection of producer ${id}: it does not read what it is sent`)
        },
        onRefused: () => {
          this.#refusalCount++
        },
      }),
    )
  }

  /** Waits until every workflow has polled all its Events, for a while. */
  async #drain(): Promise<void> {
    const deadline = performance.now() + drainMillis
    while (this.#workflows.some((workflow) => !workflow.isIdle) && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  async #scrape(): Promise<{ text: string; contentType: string }> {
    // Loaded when somebody asks: it takes longer to load than all the rest to start.
    this.#metrics ??= import('./server/metrics.ts').then(({ createMetrics }) => {
      const registry = createMetrics(() => this.#counts())
      return async () => ({ text: await registry.metrics(), contentType: registry.contentType })
    })
    return (await this.#metrics)()
  }

  #counts(): RuntimeCounts {
    return {
      samplesAccepted: this.#intake.acceptedCount,
      refusals: this.#refusalCount,
      commits: this.#intake.commitCount,
      store: this.#store.counts(),
      connectionsOpen: this.#producers.openCount,
      connectionsOpened: this.#producers.openedCount,
      slowConnectionsClosed: this.#slowCount,
      isStoreFailing: this.#intake.failure !== null,
      workflows: this.workflows(),
    }
  }
}

/** All modules, or all that is wrong with them. */
async function loadModules(config: RuntimeConfig): Promise<readonly GuestModule[]> {
  const loading = config.workflows.map(({ file, memoryPagesMax }) => loadGuest(file, { memoryPagesMax }))
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

async function openDurableStore(directory: string): Promise<SampleHead> {
  // Loaded here: a runtime in memory does not need the native module behind it.
  const { DurableStore } = await import('./durable-store/durable-store.ts')
  return await DurableStore.open(directory)
}
