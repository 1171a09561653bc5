/**
 * The metrics page. Nothing is counted here: each scrape reads what an observer and the parts of the runtime have
 * counted.
 */
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'
import type { StoreCounts } from '../../engine/store/sample-head.ts'
import { packageVersion } from '../system/package-version.ts'
import { registerHistogram } from './histogram-metric.ts'
import type { EventCounts } from '../observe/event-counts.ts'
import type { WorkflowPace, WorkflowState, WorkflowStatus } from '../workflow/workflow-status.ts'

/** The counts behind the metrics. */
export interface RuntimeCounts {
  readonly events: Readonly<EventCounts>
  readonly store: StoreCounts
  readonly connectionsOpen: number
  readonly workflows: readonly WorkflowStatus[]
  /** Of each of them. */
  readonly pace: readonly WorkflowPace[]
  readonly startingCount: number
  readonly logLinesDropped: number
  readonly strangersClosed: number
  readonly memory: { readonly bytes: number; readonly bytesMax: number; readonly isExceeded: boolean }
  /** Samples in the windows of all workflows. */
  readonly windowSamples: number
}

const states: readonly WorkflowState[] = ['running', 'restarting', 'done', 'stopped']

/** Makes the registry whose metrics read `counts` at each scrape. */
export function createMetrics(counts: () => RuntimeCounts): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  // Gauges whose names end like those of counters; there are others with the same numbers, by type.
  for (const kind of ['handles', 'requests', 'resources']) registry.removeSingleMetric(`nodejs_active_${kind}_total`)

  const counter = (name: string, help: string, read: (counts: RuntimeCounts) => number): void => {
    const metric = new Counter({
      name,
      help,
      registers: [],
      collect() {
        this.reset()
        this.inc(read(counts()))
      },
    })
    registry.registerMetric(metric)
  }
  const gauge = (name: string, help: string, read: (counts: RuntimeCounts) => number): void => {
    const metric = new Gauge({
      name,
      help,
      registers: [],
      collect() {
        this.set(read(counts()))
      },
    })
    registry.registerMetric(metric)
  }
  const labelledCounter = (
    name: string,
    help: string,
    labelNames: readonly string[],
    read: (counts: RuntimeCounts) => readonly (readonly [labels: Record<string, string>, count: number])[],
  ): void => {
    const metric = new Counter({
      name,
      help,
      registers: [],
      labelNames,
      collect() {
        this.reset()
        for (const [labels, count] of read(counts())) this.inc(labels, count)
      },
    })
    registry.registerMetric(metric)
  }
  /** One value per workflow and, if given, per value of `label`. */
  const perWorkflow = (
    Metric: typeof Counter | typeof Gauge,
    name: string,
    help: string,
    label: string | null,
    read: (workflow: WorkflowStatus) => Readonly<Record<string, number>>,
  ): void => {
    const metric = new Metric({
      name,
      help,
      registers: [],
      labelNames: label === null ? ['workflow'] : ['workflow', label],
      collect() {
        this.reset()
        for (const workflow of counts().workflows) {
          for (const [key, value] of Object.entries(read(workflow))) {
            this.inc(label === null ? { workflow: workflow.name } : { workflow: workflow.name, [label]: key }, value)
          }
        }
      },
    })
    registry.registerMetric(metric)
  }

  counter('slung_samples_accepted_total', 'Samples taken', (all) => all.events.samplesAccepted)
  labelledCounter('slung_refusals_total', 'Frames, events and lines refused, by reason', ['reason'], ({ events }) =>
    Array.from(events.refusals, ([reason, count]) => [{ reason }, count]),
  )
  labelledCounter('slung_requests_denied_total', 'Requests and upgrades turned away, by status', ['status'], (all) =>
    Array.from(all.events.denials, ([status, count]) => [{ status: String(status) }, count]),
  )
  counter('slung_commits_total', 'Group commits of the store', (all) => all.events.commits)
  gauge('slung_samples_uncommitted', 'Samples taken and not durable yet', (all) => all.store.uncommitted)
  gauge('slung_series', 'Series known', (all) => all.store.series)
  gauge('slung_label_bytes', 'What the names and tags of all series count under labels', (all) => all.store.labelBytes)
  gauge('slung_sealed_bytes', 'Bytes of compressed chunks on disk', (all) => all.store.sealedBytes ?? 0)
  gauge('slung_store_failing', '1 while commits fail', (all) => Number(all.events.isStoreFailing))
  gauge('slung_workflows_starting', 'Workflows that have not subscribed since the start', (all) => all.startingCount)
  gauge('slung_memory_bytes', 'Memory of the process, without mapped files', (all) => all.memory.bytes)
  gauge('slung_memory_max_bytes', 'The ceiling of that memory', (all) => all.memory.bytesMax)
  gauge('slung_memory_short', '1 while the ceiling is exceeded', (all) => Number(all.memory.isExceeded))
  gauge('slung_window_samples', 'Samples in the windows of live queries', (all) => all.windowSamples)
  gauge('slung_connections_open', 'Open WebSocket connections', (all) => all.connectionsOpen)
  counter('slung_connections_total', 'WebSocket connections so far', (all) => all.events.connectionsOpened)
  counter(
    'slung_slow_connections_closed_total',
    'Connections closed because they did not read',
    (all) => all.events.slowConnectionsClosed,
  )
  counter(
    'slung_waiting_connections_closed_total',
    'Connections closed before a request of them passed, to make room for others',
    (all) => all.strangersClosed,
  )
  counter(
    'slung_log_lines_dropped_total',
    'Lines left out of the log because nobody read it',
    (all) => all.logLinesDropped,
  )
  perWorkflow(Gauge, 'slung_workflow_state', '1 for the state a workflow is in', 'state', ({ state }) =>
    Object.fromEntries(states.map((name) => [name, Number(name === state)])),
  )
  perWorkflow(Counter, 'slung_workflow_restarts_total', 'Starts after a failure', null, ({ restarts }) => ({
    restarts,
  }))
  perWorkflow(Gauge, 'slung_workflow_handles', 'Open live queries', null, ({ handles }) => ({
    handles: handles.length,
  }))
  perWorkflow(Gauge, 'slung_workflow_events_waiting', 'Events not polled yet', null, ({ handles }) => ({
    waiting: handles.reduce((sum, { waiting }) => sum + waiting, 0),
  }))
  perWorkflow(Counter, 'slung_workflow_events_total', 'Events by what became of them', 'result', (workflow) => ({
    delivered: workflow.delivered,
    lost: workflow.lost,
    coalesced: workflow.coalesced,
    late: workflow.late,
  }))
  perWorkflow(Counter, 'slung_workflow_writebacks_total', 'Writebacks by kind', 'kind', ({ writebacks }) => ({
    http: writebacks.http,
    http_failed: writebacks.httpFailed,
    ws: writebacks.ws,
    event: writebacks.event,
  }))
  labelledCounter(
    'slung_http_writebacks_total',
    'HTTP writebacks by workflow, host and status; the status none is no response',
    ['workflow', 'host', 'status'],
    (all) => Array.from(all.events.http, ({ count, ...labels }) => [labels, count]),
  )
  const oldest = new Gauge({
    name: 'slung_workflow_oldest_event_age_seconds',
    help: 'Time since the arrival of the oldest sample whose Event is not polled; 0 = none waits',
    registers: [],
    labelNames: ['workflow'],
    collect() {
      for (const { name, oldestWaitingSeconds } of counts().pace) this.set({ workflow: name }, oldestWaitingSeconds)
    },
  })
  registry.registerMetric(oldest)
  registerHistogram(
    registry,
    'slung_workflow_poll_latency_seconds',
    'From the arrival of a sample until its Event was polled',
    () => counts().pace.map(({ name, pollLatency }) => ({ labels: { workflow: name }, histogram: pollLatency })),
  )
  registerHistogram(registry, 'slung_commit_duration_seconds', 'Group commits that had samples', () => [
    { labels: {}, histogram: counts().events.commitSeconds },
  ])
  const build = new Gauge({
    name: 'slung_build_info',
    help: 'The version that runs',
    registers: [],
    labelNames: ['version'],
  })
  build.set({ version: packageVersion() }, 1)
  registry.registerMetric(build)
  return registry
}
