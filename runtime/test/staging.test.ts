/** Workflows behind the server: what goes in through a socket comes out through one. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { encodeEvents } from '../src/staging/wire/event-frame.ts'
import { runtimeDefaults } from '../src/staging/config/defaults.ts'
import { StoredHistory } from '../src/staging/durable-store/stored-history.ts'
import { compileGuest } from './compile-guest.ts'
import { startTestRuntime, testWorkflow } from './runtime-fixture.ts'

const waitFor = <Value>(check: () => Value): Promise<Value> => vi.waitFor(check, { timeout: 30_000, interval: 5 })

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slung-runtime-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function writeGuest(name: string): Promise<string> {
  for (const [file, contents] of await compileGuest(name)) await writeFile(join(folder, file), contents)
  return join(folder, `${name}.wasm`)
}

test('a workflow answers the producer whose samples it sees, from the very first', async () => {
  const file = await writeGuest('echo-events')
  await using runtime = await startTestRuntime({ workflows: [testWorkflow('echo', file)] })
  const { socket, received } = await runtime.connect()
  for (let timestamp = 1; timestamp <= 500; timestamp++) {
    socket.send(encodeEvents([{ series: 'temp', timestamp, value: 1, tags: ['sensor=1'] }]))
  }
  await waitFor(() => expect(received).toHaveLength(500))
  expect(received[0]).toBe('{"timestamp":1,"value":1,"tags":["sensor=1"],"producers":[1]}')
  expect((JSON.parse(received[499]!) as { value: number }).value).toBe(500)
  expect(await runtime.request('/workflows')).toMatchObject({
    status: 200,
    body: { workflows: [{ name: 'echo', state: 'running', delivered: 500, writebacks: { ws: 500 } }] },
  })
})

test('a workflow that traps at every event does not disturb its neighbour', async () => {
  const workflows = [
    testWorkflow('bad', await writeGuest('trap-on-event')),
    testWorkflow('good', await writeGuest('echo-events')),
  ]
  await using runtime = await startTestRuntime({ workflows })
  const { socket, received } = await runtime.connect()
  for (let timestamp = 1; timestamp <= 2000; timestamp++) {
    socket.send(encodeEvents([{ series: 'temp', timestamp, value: 1 }]))
  }
  await waitFor(() => expect(received).toHaveLength(2000))
  expect(runtime.runtime.workflows()).toMatchObject([
    { name: 'bad', lastError: { message: expect.stringContaining('trapped') } },
    { name: 'good', state: 'running', restarts: 0, delivered: 2000, coalesced: 0, lastError: null },
  ])
})

test('windows have a limit: a subscription beyond it is refused, and growth beyond it ends the run, by name', async () => {
  const file = await writeGuest('fill-windows')
  const limits = { ...runtimeDefaults.limits, windowSamplesMax: 100 }
  await using runtime = await startTestRuntime({ workflows: [testWorkflow('greedy', file)], limits })
  const { socket } = await runtime.connect()
  const send = (series: string, first: number, count: number): void => {
    for (let timestamp = first; timestamp < first + count; timestamp++) {
      socket.send(encodeEvents([{ series, timestamp, value: 1 }]))
    }
  }
  send('temp', 1, 40)
  send('go', 1, 1)
  const refusal =
    'cannot subscribe to "AVG:temp:[]:[3d]": its window would begin with 40 samples, and there is room for 20 more in ' +
    'the windows of this workflow; narrow the range or free handles, or raise "window_samples" under [limits]'
  await waitFor(() => expect(runtime.lines).toContain(`greedy stdout 2 windows; ${refusal}`))
  expect(runtime.lines).toContain(`greedy host u_query_live: ${refusal}`)

  send('temp', 100, 11)
  const ended =
    'trapped: the windows of its live queries hold 102 samples, and may hold 100: 51 are in that of ' +
    '"AVG:temp:[]:[1d]"; narrow the range or free handles, or raise "window_samples" under [limits]'
  await waitFor(() =>
    expect(runtime.runtime.workflows()).toMatchObject([{ name: 'greedy', lastError: { message: ended } }]),
  )
})

test('modules that cannot run are all named before anything starts', async () => {
  const broken = join(folder, 'broken.wasm')
  await writeFile(broken, 'no module')
  const workflows = [testWorkflow('a', broken), testWorkflow('b', join(folder, 'missing.wasm'))]
  await expect(startTestRuntime({ workflows })).rejects.toThrow(
    /cannot run workflow ".*broken\.wasm"[^]*cannot read workflow ".*missing\.wasm": there is no such file/,
  )
})

test('what retention removes is gone from the disk too, though no sample arrives', async () => {
  const data = join(folder, 'data')
  {
    await using runtime = await startTestRuntime({ data })
    const body = Array.from({ length: 100 }, (_, index) => `temp value=1 ${index}000`).join('\n')
    await runtime.request('/events', { method: 'POST', body, headers: { 'content-type': 'text/plain' } })
  }
  await using runtime = await startTestRuntime({ data, retention: { ageMicros: 1_000_000, bytesMax: null } })
  expect(runtime.lines).toContain('info retention removed 100 samples, and all that was left of 1 series')
  await waitFor(async () => {
    const reader = await StoredHistory.open(data)
    const { count } = reader.summarise({ names: ['temp'], tags: { kind: 'everything' } }, null)
    await reader.close()
    expect(count).toBe(0)
  })
})
