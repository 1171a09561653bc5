/** Workflows over a real engine, in their own threads. */
import { afterEach, expect, test, vi } from 'vitest'
import { loadTestGuest } from '../../../test/compile-guest.ts'
import { runtimeDefaults, workflowDefaults } from '../config/defaults.ts'
import { Arrivals } from '../../engine/arrival/arrivals.ts'
import { HostRefusal } from '../../guest/contract/guest-host.ts'
import { createSeries, type Series } from '../../engine/model/series.ts'
import { MemoryStore } from '../../engine/store/memory-store.ts'
import { StateTable } from '../../engine/store/state-store.ts'
import { VirtualTime } from '../../../test/virtual-time.ts'
import { GuestThread } from '../../guest/run/guest-thread.ts'
import { LogWriter } from '../observe/log-writer.ts'
import { Observers } from '../observe/observers.ts'
import { FairTurns } from '../system/fair-turns.ts'
import { SystemClock } from '../system/system-clock.ts'
import { SystemTimers } from '../system/system-timers.ts'
import { WindowLedger } from './window-ledger.ts'
import { Workflow } from './workflow.ts'

interface Stage {
  readonly workflow: Workflow
  /** Its timers: no tick is over, and no restart due, until the test lets time pass. */
  readonly time: VirtualTime
  readonly observers: Observers
  /** Everything it printed or that was reported of it, one line each. */
  readonly lines: string[]
  /** Texts sent to producers. */
  readonly sent: string[]
  /** Appends one sample and offers it. */
  readonly write: (series: string, timestamp: number, value?: number) => void
  /** What it remembers, under `alert`. */
  readonly states: StateTable
}

const stages: Stage[] = []
afterEach(async () => {
  for (const { workflow, time } of stages.splice(0)) {
    const stopped = workflow.stop(0)
    await time.advance(1)
    await stopped
  }
})

/** Starts a workflow, and waits until it polls. */
async function stage(
  guest: string,
  tickMillis = 60_000,
  environment: Readonly<Record<string, string>> = {},
): Promise<Stage> {
  const made = await prepare(guest, tickMillis, environment)
  made.workflow.start()
  await made.workflow.ready
  return made
}

async function prepare(
  guest: string,
  tickMillis: number,
  environment: Readonly<Record<string, string>> = {},
): Promise<Stage> {
  const lines: string[] = []
  const sent: string[] = []
  const time = new VirtualTime()
  const store = new MemoryStore()
  const states = new StateTable()
  const arrivals = new Arrivals({ store, now: () => time.now() })
  const append = (
    series: Series,
    timestamp: number,
    value: number,
    from: { producer: number; writer: number },
  ): void => {
    const columns = { timestamps: Float64Array.of(timestamp), values: Float64Array.of(value) }
    const ids = { series: Uint32Array.of(arrivals.intern(series)), producers: Float64Array.of(from.producer) }
    arrivals.append({ count: 1, ...columns, ...ids }, from.writer)
  }
  const log = {
    line: (stream: string, text: string) => lines.push(`${stream} ${text}`),
    debug: (message: string) => lines.push(`debug ${message}`),
    info: (message: string) => lines.push(`info ${message}`),
    warn: (message: string) => lines.push(`warn ${message}`),
    error: (message: string) => lines.push(`error ${message}`),
  }
  const observers = new Observers([new LogWriter({ ...log, droppedLines: 0, workflow: () => log }, time, time)])
  const workflow = new Workflow({
    config: { ...workflowDefaults, name: guest, file: `${guest}.wasm`, tickMillis, environment },
    module: await loadTestGuest(guest),
    http: runtimeDefaults.http,
    world: {
      arrivals,
      writer: 1,
      history: store,
      windows: new WindowLedger(100_000, 100_000, 1),
      write: (series, timestamp, value) => append(series, timestamp, value, { producer: 0, writer: 1 }),
      room: () => Promise.resolve(),
      state: () => states.stateOf('alert'),
      changeState: (changes) => states.changeState('alert', changes),
      sendText: (producer, text) => {
        if (producer > 1) throw new HostRefusal(`cannot send to producer ${producer}: there was no such connection`)
        sent.push(text)
      },
    },
    thread: new GuestThread(),
    turns: new FairTurns({
      clock: new SystemClock(),
      timers: new SystemTimers(),
      arrivedCount: () => arrivals.newest,
      isCommitting: () => false,
    }),
    clock: time,
    timers: time,
    observers,
  })
  const write = (series: string, timestamp: number, value = 1): void => {
    append(createSeries(series, []), timestamp, value, { producer: 1, writer: 0 })
    workflow.offer()
    arrivals.endTurn()
  }
  const made = { workflow, time, observers, lines, sent, write, states }
  stages.push(made)
  return made
}

const waitFor = <Value>(check: () => Value): Promise<Value> => vi.waitFor(check, { timeout: 30_000, interval: 5 })

test('every Event reaches the guest in order, and its writebacks the producers', async () => {
  const { workflow, sent, write } = await stage('echo-events')
  for (let timestamp = 1; timestamp <= 3000; timestamp++) write('temp', timestamp)

  await waitFor(() => expect(sent).toHaveLength(3000))
  expect(sent.map((text) => (JSON.parse(text) as { value: number }).value)).toEqual(
    Array.from({ length: 3000 }, (_, index) => index + 1),
  )
  expect(sent[0]).toBe('{"timestamp":1,"value":1,"tags":[],"producers":[1]}')
  expect(workflow.status()).toMatchObject({
    state: 'running',
    delivered: 3000,
    coalesced: 0,
    writebacks: { ws: 3000, http: 0, event: 0 },
    handles: [{ handle: 1, query: 'SUM:temp:[]', waiting: 0 }],
  })
})

test('variables that the module cannot read are a warning, once, without their values', async () => {
  const three = { LIMIT: '100', HOOK: 'hush', 'a\nb': 'hush' }
  const { lines } = await stage('echo-events', 1000, three)
  const warnings = lines.filter((line) => line.includes('environment'))
  expect(warnings).toEqual([
    'host warning: it has 3 environment variables (LIMIT, HOOK and a\\u000ab), but its module ' +
      'imports no environ_get: read them with "env" of the SDK, or leave them out',
  ])
  expect((await stage('wasi', 1000, three)).lines.join()).not.toContain('environ_get')
})

test('a guest that polls two handles sees the order of arrival, whether it keeps up or not', async () => {
  const { lines, write } = await stage('two-handles')
  const order = Array.from({ length: 4000 }, (_, index) => (index % 7 < 3 ? 'temp' : 'load'))
  for (const [index, series] of order.entries()) write(series, index)

  const printed = (): string[] => lines.flatMap((line) => /^stdout (temp|load) /.exec(line)?.[1] ?? [])
  await waitFor(() => expect(printed().length).toBeGreaterThanOrEqual(1900))
  // The flood of lines is cut; the rest is in order.
  const counts = lines.flatMap((line) => /^stdout (temp|load) .*"timestamp":(\d+)/.exec(line)?.slice(1, 3) ?? [])
  const indexes = counts.filter((_, index) => index % 2 === 1).map(Number)
  expect(indexes.slice(0, 1900)).toEqual(Array.from({ length: 1900 }, (_, index) => index))
})

test('a handle that is never polled holds nothing back from the others, and its Events wait in the engine', async () => {
  const { workflow, lines, write } = await stage('half-deaf')
  for (let timestamp = 1; timestamp <= 2000; timestamp++) {
    write('temp', timestamp)
    if (timestamp % 1000 === 0) write('load', timestamp)
  }
  await waitFor(() => expect(lines.filter((line) => line.startsWith('stdout'))).toHaveLength(2))
  await waitFor(() => expect(workflow.isIdle).toBe(true))
  const waiting = workflow.status().handles[0]!.waiting
  expect(waiting).toBeGreaterThan(0)
  write('load', 3000)
  await waitFor(() => expect(lines.filter((line) => line.startsWith('stdout'))).toHaveLength(3))
  expect(workflow.status().handles[0]!.waiting).toBe(waiting)
})

test('a poll that finds nothing answers after a tick', async () => {
  const { workflow, time, observers } = await stage('echo-events', 1000)
  await waitFor(() => expect(workflow.isIdle).toBe(true))
  let pollCount = 0
  observers.add({ polled: () => void pollCount++ })
  // Idle again and again: each tick lets the guest run once.
  for (let round = 1; round <= 3; round++) {
    await time.advance(999)
    expect([workflow.isIdle, pollCount]).toEqual([true, round - 1])
    await time.advance(1)
    await waitFor(() => expect([workflow.isIdle, pollCount]).toEqual([true, round]))
  }
})

test('everything the engine answers has its result or its reason', async () => {
  const { workflow, lines } = await stage('ask-engine')
  await waitFor(() => expect(workflow.state).toBe('done'))

  const said = lines.filter((line) => line.startsWith('stdout ')).map((line) => line.slice('stdout '.length).trim())
  expect(said).toEqual([
    'refused query 0 cannot parse the query: the tags are missing, expected :[TAGS] after the series',
    // The rest of the reason, with its caret.
    ...said.slice(1, said.indexOf('handle 1')),
    'handle 1',
    'write 0',
    expect.stringMatching(/^bad write 1 .*name no series; add series=NAME/),
    'history 21.5',
    'history of groups NaN cannot answer "SUM:temp:[sensor=*]" with one number: it has a value for each sensor; name ' +
      'one, such as "sensor=a", leave the key out, or subscribe to it as a live query',
    'ws 1 cannot send to producer 99: there was no such connection',
    expect.stringMatching(/^http 0 .*--allow-http 127\.0\.0\.1:1/),
    'free 0',
    expect.stringMatching(/^free again 1 handle 1 is unknown/),
  ])
  expect(lines.join('\n')).not.toContain('secret')
  expect(workflow.status()).toMatchObject({ writebacks: { event: 1, ws: 0, http: 0, httpFailed: 1 }, lastError: null })
})

test('a query stays what it was when the guest uses the memory of its text for something else', async () => {
  const { lines, write } = await stage('reuse-query-text')
  write('temp', 1)
  write('load', 2)
  write('temp', 3)

  await waitFor(() => expect(lines.filter((line) => line.startsWith('stdout '))).toHaveLength(2))
  expect(lines.filter((line) => line.startsWith('stdout '))).toEqual([
    'stdout {"timestamp":1,"value":1,"tags":[],"producers":[1]}',
    'stdout {"timestamp":3,"value":2,"tags":[],"producers":[1]}',
  ])
})

test('a code other than 0 is a failure, and the workflow is started again', async () => {
  const { workflow, time, lines } = await prepare('exit-code', 60_000)
  workflow.start()
  await waitFor(() => expect(workflow.state).toBe('restarting'))
  expect(workflow.status()).toMatchObject({ restarts: 0, lastError: { message: 'exited with code 42' } })
  expect(lines.at(-1)).toBe('error exited with code 42; starts again in 1 s')

  await time.advance(999)
  expect(workflow.status()).toMatchObject({ state: 'restarting', restarts: 0 })
  await time.advance(1)
  expect(workflow.status().restarts).toBe(1)
})

test('a guest that traps is started again, with its frames and the wait in the status', async () => {
  const { workflow, time, lines, write } = await stage('trap-on-event')
  write('temp', 1)
  await waitFor(() => expect(workflow.state).toBe('restarting'))
  const { lastError, restartsAt, delivered } = workflow.status()
  expect(lastError?.message).toContain('trapped')
  expect(lastError?.frames[0]?.location).toContain('trap-on-event.ts:')
  expect(restartsAt).toMatch(/^\d{4}-/)
  expect(delivered).toBe(1)
  expect(lines.at(-1)).toMatch(/starts again in 1 s$/)

  await time.advance(1000)
  expect(workflow.state).toBe('running')
  await waitFor(() => expect(workflow.isIdle).toBe(true))
  expect(workflow.status()).toMatchObject({ restarts: 1, delivered: 1 })
})

test('what a guest remembers is saved when it polls next or returns 0, and undone when it fails', async () => {
  const { workflow, time, lines, states, write } = await stage('remember')
  const text = (key: string) => new TextDecoder().decode(states.stateOf('alert').get(key))
  const printed = () => lines.filter((line) => line.startsWith('stdout')).map((line) => line.slice(7))
  for (const timestamp of [1, 2, 3]) write('temp', timestamp)
  await waitFor(() => expect(workflow.isIdle).toBe(true))
  expect([text('count'), printed()]).toEqual(['3', ['none', '1', '2']])

  for (const [failing, value] of [13, 14, 13].entries()) {
    write('temp', 10 + failing, value)
    await waitFor(() => expect(workflow.state).toBe('restarting'))
    expect(text('count')).toBe('3')
    await time.advance(60_000)
    await waitFor(() => expect(workflow.isIdle).toBe(true))
  }
  expect(printed().slice(3)).toEqual(['3', '3', '3'])

  write('temp', 20, 17)
  write('temp', 21)
  write('temp', 22, 15)
  await waitFor(() => expect(workflow.state).toBe('done'))
  expect([text('count'), printed().slice(6)]).toEqual(['2', ['3', 'delete 0', 'none', '1']])
})

test('Events that a run leaves behind are counted', async () => {
  const { workflow, write } = await stage('trap-on-event')
  // Two of them arrive before the guest has the first.
  for (const timestamp of [1, 2, 3]) write('temp', timestamp)
  await waitFor(() => expect(workflow.state).toBe('restarting'))
  expect(workflow.status()).toMatchObject({ delivered: 1, lost: 2, coalesced: 0 })
})

test('a workflow that fails while everything is stopping is not started again', async () => {
  const { workflow, write } = await stage('trap-on-event')
  workflow.startNoMore()
  write('temp', 1)
  await waitFor(() => expect(workflow.state).toBe('stopped'))
  // The reason is reported nevertheless.
  expect(workflow.status()).toMatchObject({ restarts: 0, lastError: { message: expect.stringContaining('trapped') } })
})

test('stopping ends a guest that has Events to poll', async () => {
  const { workflow, sent, write } = await stage('echo-events')
  for (let timestamp = 1; timestamp <= 5000; timestamp++) write('temp', timestamp)
  await waitFor(() => expect(sent.length).toBeGreaterThan(0))
  await workflow.stop(60_000)
  const { delivered, lost } = workflow.status()
  expect(workflow.state).toBe('stopped')
  expect(delivered + lost).toBe(5000)
})

test('stopping ends a waiting guest immediately, and a computing one by force', async () => {
  const waiting = await stage('echo-events')
  await waitFor(() => expect(waiting.workflow.isIdle).toBe(true))
  await waiting.workflow.stop(60_000)
  expect(waiting.workflow.state).toBe('stopped')
  expect(waiting.lines.at(-1)).toBe('info stopped')

  const restarting = await stage('trap-on-event')
  restarting.write('temp', 1)
  await waitFor(() => expect(restarting.workflow.state).toBe('restarting'))
  await restarting.workflow.stop(60_000)
  expect(restarting.workflow.state).toBe('stopped')

  const computing = await prepare('endless-loop', 60_000)
  computing.workflow.start()
  await waitFor(() => expect(computing.workflow.state).toBe('running'))
  const stopped = computing.workflow.stop(10)
  await computing.time.advance(10)
  await stopped
  expect(computing.lines.at(-1)).toBe('info stopped by force')
})
