// Guests in their own thread: whatever they do, this side continues, and receives everything they sent before.
import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { EndOfRun, HostRefusal } from '../src/guest/contract/guest-host.ts'
import type { GuestOutcome } from '../src/guest/contract/guest-outcome.ts'
import { GuestThread, type GuestJob } from '../src/guest/run/guest-thread.ts'
import { loadTestGuest, loadTextGuest } from './compile-guest.ts'
import type { ThreadHostOptions } from './hosts/thread-host.ts'

const hostModule = new URL('./hosts/thread-host.ts', import.meta.url).href

async function makeJob(name: string, options: ThreadHostOptions = {}, rest: Partial<GuestJob> = {}): Promise<GuestJob> {
  return {
    module: await loadTestGuest(name),
    host: { module: hostModule, options },
    watchdogMillis: 60_000,
    ...rest,
  }
}

test('a guest runs to its end, and the report of its host comes back', async () => {
  await using thread = closing(new GuestThread())
  const result = await thread.run(await makeJob('poll-forever', { polls: 1000 }))
  expect(result).toEqual({ outcome: { kind: 'ended', outcome: 'drained' }, report: { polled: 1001 } })
})

test('messages arrive in order, and before the result', async () => {
  await using thread = closing(new GuestThread())
  const messages: unknown[] = []
  const job = await makeJob('exit-code', {}, { onMessage: (message) => messages.push(message) })
  const { outcome } = await thread.run(job)
  expect(outcome).toEqual({ kind: 'returned', code: 42 })
  expect(messages).toEqual(['stdout first line', 'stdout no line end', 'stderr on the other stream'])
})

test('a thread is used again after a trap, with a fresh instance', async () => {
  await using thread = closing(new GuestThread())
  const answered = { onRequest: async () => 200 }
  expect(await thread.run(await makeJob('counter', {}, answered))).toMatchObject({ outcome: { code: 1 } })
  const { outcome } = await thread.run(await makeJob('abort'))
  expect(outcome).toMatchObject({
    kind: 'trapped',
    trap: {
      code: 'abort',
      message: 'the guest aborted: Pegel zu hoch: über 3 Ω (abort.ts:5:18)',
      frames: [
        { function: 'abort/decide' },
        { function: 'abort/call', location: expect.stringMatching(/^abort\.ts:9:/) },
      ],
    },
  })
  expect(await thread.run(await makeJob('counter', {}, answered))).toMatchObject({ outcome: { code: 1 } })
})

test('a guest that spins without polling is stopped, nothing it said is lost, and the next one runs', async () => {
  await using thread = closing(new GuestThread())
  const messages: unknown[] = []
  const job = await makeJob('endless-loop', {}, { watchdogMillis: 50, onMessage: (message) => messages.push(message) })
  const { outcome, report } = await thread.run(job)
  expect(outcome).toEqual({ kind: 'stuck', cpuMillis: expect.any(Number) })
  expect((outcome as { cpuMillis: number }).cpuMillis).toBeGreaterThanOrEqual(50)
  expect(report).toBeUndefined()
  expect(messages).toEqual(['live AVG:temp:[]', 'stdout about to spin'])
  expect(await thread.run(await makeJob('poll-forever'))).toMatchObject({ outcome: { kind: 'ended' } })
})

test.each<[string, string, GuestOutcome, unknown]>([
  ['polls', '(drop (call $poll (i64.const 1)))', { kind: 'ended', outcome: 'drained' }, { polled: 4 }],
  [
    'writes back',
    '(drop (call $http (i32.const 16) (i32.const 16) (i32.const 0)))',
    { kind: 'ended', outcome: 'shutdown' },
    { polled: 0 },
  ],
  ['exits', '(call $exit (i32.const 7))', { kind: 'returned', code: 7 }, { polled: 0 }],
  ['exits with -1', '(call $exit (i32.const -1))', { kind: 'returned', code: -1 }, { polled: 0 }],
])('a guest that %s and catches what ends its run cannot go on, and the next one runs', async (_what, body, ...end) => {
  await using thread = closing(new GuestThread())
  const module = await loadTextGuest(
    `(loop $again (try (do ${body}) (catch_all)) (br $again)) (unreachable)`,
    `(import "env" "u_poll_handle" (func $poll (param i64) (result i32)))
     (import "env" "u_writeback_http" (func $http (param i32 i32 i32) (result i32)))
     (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))`,
  )
  const job = await makeJob('poll-forever', { polls: 3 }, { onRequest: () => Promise.reject(new EndOfRun('shutdown')) })
  const [outcome, report] = end
  expect(await thread.run({ ...job, module })).toEqual({ outcome, report })
  expect(await thread.run(job)).toEqual({ outcome: { kind: 'ended', outcome: 'drained' }, report: { polled: 4 } })
})

test('a thread that fills its heap ends the run and not the process, and the next guest runs', async () => {
  await using thread = closing(new GuestThread({ heapMebibytesMax: 32, heapRemedy: 'buy more' }))
  const { outcome } = await thread.run(await makeJob('http-after-query', { fault: 'hoard' }))
  expect(outcome).toMatchObject({
    kind: 'trapped',
    trap: { code: 'memory-exhausted', message: expect.stringMatching(/memory limit of 32 MiB .*; buy more$/) },
  })
  expect(await thread.run(await makeJob('poll-forever'))).toMatchObject({ outcome: { kind: 'ended' } })
})

test('a guest that waits for HTTP much longer than the watchdog allows is not stuck', async () => {
  await using thread = closing(new GuestThread())
  const job = await makeJob(
    'counter',
    {},
    {
      watchdogMillis: 250,
      onRequest: async (request) => {
        expect(request).toBe('http://hello/ 0')
        await sleep(1000)
        return 200
      },
    },
  )
  expect(await thread.run(job)).toMatchObject({ outcome: { kind: 'returned', code: 1 } })
})

test('the buffers of an answer move to the thread', async () => {
  await using thread = closing(new GuestThread())
  const { buffer } = new Float64Array(1000)
  const job = await makeJob('counter', {}, { onRequest: () => Promise.resolve(200), buffersOf: () => [buffer] })
  expect(await thread.run(job)).toMatchObject({ outcome: { kind: 'returned', code: 1 } })
  expect(buffer.detached).toBe(true)
})

test('a refusal and an end of run keep their meaning on the way into the thread', async () => {
  await using thread = closing(new GuestThread())
  const messages: unknown[] = []
  const refused = await makeJob(
    'counter',
    {},
    {
      onRequest: () => Promise.reject(new HostRefusal('no route to host')),
      onMessage: (message) => messages.push(message),
    },
  )
  expect(await thread.run(refused)).toMatchObject({ outcome: { kind: 'returned', code: 1 } })
  expect(messages).toEqual(['host u_writeback_http: no route to host'])
  const ended = await makeJob('counter', {}, { onRequest: () => Promise.reject(new EndOfRun('shutdown')) })
  expect(await thread.run(ended)).toMatchObject({ outcome: { kind: 'ended', outcome: 'shutdown' } })
  const failed = await makeJob('counter', {}, { onRequest: () => Promise.reject(new TypeError('oops')) })
  expect(await thread.run(failed)).toMatchObject({
    outcome: {
      kind: 'trapped',
      trap: { code: 'host-failure', message: 'u_writeback_http failed inside the host: oops' },
    },
  })
})

test.each<[NonNullable<ThreadHostOptions['fault']>, RegExp]>([
  ['create', /failed: no configuration$/],
  ['exit', /^the guest's thread ended: it exited with code 3$/],
  ['finish', /failed: no report$/],
  ['report', /could not be cloned/],
])('a host that fails at "%s" is a trapped run with a reason, and the next run is fine', async (fault, reason) => {
  await using thread = closing(new GuestThread())
  const { outcome, report } = await thread.run(await makeJob('poll-forever', { fault }))
  expect(outcome).toMatchObject({
    kind: 'trapped',
    trap: { code: 'host-failure', message: expect.stringMatching(reason) },
  })
  expect(report).toBeUndefined()
  expect(await thread.run(await makeJob('poll-forever'))).toMatchObject({ outcome: { kind: 'ended' } })
})

test('a stray rejected promise of the host is a trapped run too', async () => {
  await using thread = closing(new GuestThread())
  // The guest waits for an answer that takes a while, so that the thread gets to notice.
  const { promise: never } = Promise.withResolvers<never>()
  const job = await makeJob('http-after-query', { fault: 'reject' }, { onRequest: () => never })
  const { outcome } = await thread.run(job)
  expect(outcome).toMatchObject({
    kind: 'trapped',
    trap: { code: 'host-failure', message: "the guest's thread ended: a stray promise" },
  })
})

test('a host module that does not exist is a trapped run', async () => {
  await using thread = closing(new GuestThread())
  const job = await makeJob('poll-forever')
  const missing = new URL('./hosts/no-such-host.ts', import.meta.url).href
  const { outcome } = await thread.run({ ...job, host: { module: missing, options: {} } })
  expect(outcome).toMatchObject({ kind: 'trapped', trap: { code: 'host-failure' } })
  expect((outcome as { trap: { message: string } }).trap.message).toContain('no-such-host.ts')
})

test('an error of the receiver rejects the run with that error', async () => {
  await using thread = closing(new GuestThread())
  const broken = await makeJob(
    'exit-code',
    {},
    {
      onMessage: () => {
        throw new TypeError('broken receiver')
      },
    },
  )
  await expect(thread.run(broken)).rejects.toThrow('broken receiver')
  expect(await thread.run(await makeJob('poll-forever'))).toMatchObject({ outcome: { kind: 'ended' } })
})

test('options that cannot be cloned reject the run, and the thread stays free', async () => {
  await using thread = closing(new GuestThread())
  const job = await makeJob('poll-forever')
  await expect(thread.run({ ...job, host: { module: hostModule, options: () => {} } })).rejects.toThrow(/cloned/)
  expect(await thread.run(job)).toMatchObject({ outcome: { kind: 'ended' } })
})

test('a thread that idles does not keep the program alive', async () => {
  const script = fileURLToPath(new URL('./hosts/run-and-leave.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [script])
  expect(stdout).toBe('ended\n')
})

test('one run at a time; closing ends the one in flight and refuses later ones', async () => {
  const thread = new GuestThread()
  const { promise: never } = Promise.withResolvers<never>()
  const job = await makeJob('counter', {}, { onRequest: () => never })
  const first = thread.run(job)
  await expect(thread.run(job)).rejects.toMatchObject({ code: 'thread-busy' })
  await thread.close()
  expect(await first).toEqual({ outcome: { kind: 'ended', outcome: 'closed' }, report: undefined })
  await expect(thread.run(job)).rejects.toMatchObject({ code: 'thread-closed' })
})

function closing(thread: GuestThread): GuestThread & AsyncDisposable {
  return Object.assign(thread, { [Symbol.asyncDispose]: () => thread.close() })
}
