/** Recordings of a running runtime, as `slung record` makes them: real sockets, workflows in their own threads. */
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import type { ClientRequest, IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { parse } from 'yaml'
import { runProgram } from '../src/cli/main.ts'
import { runtimeDefaults } from '../src/staging/config/defaults.ts'
import { encodeEvents } from '../src/staging/wire/event-frame.ts'
import type { RecordMessage } from '../src/staging/record/record-protocol.ts'
import { compileGuest } from './compile-guest.ts'
import { startTestRuntime, testWorkflow, type TestRuntime } from './runtime-fixture.ts'

const waitFor = <Value>(check: () => Value): Promise<Value> => vi.waitFor(check, { timeout: 30_000, interval: 5 })
const protocol = 'slung.record.v1'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slung-record-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function writeGuest(name: string): Promise<string> {
  for (const [file, contents] of await compileGuest(name)) await writeFile(join(folder, file), contents)
  return join(folder, `${name}.wasm`)
}

const event = (timestamp: number, value: number, series = 'temp') => ({ series, timestamp, value, tags: ['sensor=1'] })

interface Recorder {
  readonly socket: WebSocket
  readonly messages: RecordMessage[]
  /** The messages of one kind. */
  readonly of: <Kind extends RecordMessage['kind']>(kind: Kind) => Extract<RecordMessage, { kind: Kind }>[]
  /** Asks for the end, and waits for it. */
  readonly stop: () => Promise<void>
}

async function startRecorder({ url }: TestRuntime, query = ''): Promise<Recorder> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/record${query}`, [protocol])
  const messages: RecordMessage[] = []
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString()) as RecordMessage))
  await once(socket, 'open')
  await waitFor(() => expect(messages).not.toHaveLength(0))
  const closed = once(socket, 'close')
  return {
    socket,
    messages,
    of: (kind) =>
      messages.filter((message): message is Extract<RecordMessage, { kind: typeof kind }> => message.kind === kind),
    async stop() {
      socket.send('stop')
      await closed
    },
  }
}

async function post({ request }: TestRuntime, lines: string): Promise<void> {
  expect(
    await request('/events', { method: 'POST', body: lines, headers: { 'content-type': 'text/plain' } }),
  ).toMatchObject({
    status: 200,
  })
}

/** Why an upgrade is refused. */
async function refusal(url: string, protocols: string[] = [protocol], headers = {}): Promise<string> {
  const socket = new WebSocket(url.replace('http', 'ws'), protocols, { headers })
  const [error] = (await once(socket, 'error')) as [Error]
  return error.message
}

test('samples come in order with their connections, after what the store held, and each series once', async () => {
  await using runtime = await startTestRuntime()
  await post(runtime, 'temp,sensor=1 value=1 1000\nload value=2 2000')
  const recorder = await startRecorder(runtime, `?history=2000000000000000`)
  const producer = await runtime.connect()
  producer.socket.send(encodeEvents([event(3, 30), event(2, 20)]))
  await waitFor(() => expect(recorder.of('samples')).toHaveLength(1))
  await post(runtime, 'temp,sensor=1 value=4 4000')
  await producer.close()
  await waitFor(() => expect(recorder.of('closed')).toHaveLength(1))
  await recorder.stop()

  expect(recorder.of('begin')).toMatchObject([{ workflows: [], version: expect.any(String) }])
  const names = new Map(recorder.of('series').map(({ id, name, tags }) => [id, `${name} ${tags.join()}`]))
  expect([...names.values()].sort()).toEqual(['load ', 'temp sensor=1'])
  const history = recorder.of('history').flatMap(({ rows }) => rows.map(([id, ...row]) => [names.get(id), ...row]))
  expect(history).toEqual([
    ['temp sensor=1', 1, 1],
    ['load ', 2, 2],
  ])
  const samples = recorder.of('samples')
  expect(samples.flatMap(({ rows }) => rows.map(([id, ...row]) => [names.get(id), ...row]))).toEqual([
    ['temp sensor=1', 3, 30, 1],
    ['temp sensor=1', 2, 20, 1],
    ['temp sensor=1', 4, 4, 0],
  ])
  const times = [...recorder.of('begin'), ...samples, ...recorder.of('closed'), ...recorder.of('end')].map(
    ({ at }) => at,
  )
  expect(times).toEqual([...times].sort((left, right) => left - right))
  expect(recorder.of('end')).toMatchObject([{ unfinished: [] }])
})

test('a recording that is stopped immediately has its whole history, and then its end', async () => {
  await using runtime = await startTestRuntime()
  await post(runtime, Array.from({ length: 20_000 }, (_, index) => `temp value=1 ${index}000`).join('\n'))
  const recorder = await startRecorder(runtime, '?history=2000000000000000')
  await post(runtime, 'load value=1 1000')
  await recorder.stop()
  expect(recorder.of('history').reduce((sum, { rows }) => sum + rows.length, 0)).toBe(20_000)
  expect(recorder.messages.slice(-3).map(({ kind }) => kind)).toEqual(['series', 'samples', 'end'])
})

test('what a workflow does about the recorded samples is recorded, and nothing else', async () => {
  const echo = testWorkflow('echo', await writeGuest('echo-events'))
  await using runtime = await startTestRuntime({ workflows: [echo] })
  const { socket, received } = await runtime.connect()
  const send = (from: number, to: number): void => {
    for (let timestamp = from; timestamp <= to; timestamp++) socket.send(encodeEvents([event(timestamp, 1)]))
  }
  const valuesOf = ({ of }: Recorder): unknown[] =>
    of('writeback').map(({ expect: entry }) => ('json' in entry ? (entry.json as { value: number }).value : entry))
  send(1, 1000)
  await waitFor(() => expect(received.length).toBeGreaterThan(0))
  // Wherever the workflow is by now.
  const recorder = await startRecorder(runtime)
  send(1001, 2000)
  await waitFor(() => expect(recorder.of('samples')).not.toHaveLength(0))
  await recorder.stop()
  send(2001, 2100)
  await waitFor(() => expect(received).toHaveLength(2100))

  const taken = recorder.of('samples').flatMap(({ rows }) => rows.map(([, timestamp]) => timestamp))
  expect(taken.length).toBeGreaterThan(0)
  expect(valuesOf(recorder)).toEqual(taken)
})

test('for a workflow that fails, its current run is recorded', async () => {
  const workflows = [testWorkflow('bad', await writeGuest('trap-on-event'))]
  await using runtime = await startTestRuntime({ workflows })
  const recorder = await startRecorder(runtime)
  await post(runtime, 'temp value=1 1000')
  await waitFor(() => expect(recorder.of('ended')).toHaveLength(1))
  expect(recorder.of('ended')).toMatchObject([
    { workflow: 'bad', exit: 'trapped', reason: expect.stringContaining('unreachable') },
  ])

  // The next recording begins while the workflow is waiting to restart.
  const next = await startRecorder(runtime)
  expect(next.of('begin')[0]!.workflows).toMatchObject([{ name: 'bad', runningSince: null }])
  await waitFor(() => expect(next.of('started')).toHaveLength(1))
  expect(next.of('started')[0]!.at).toBeGreaterThan(next.of('begin')[0]!.at)
  await Promise.all([recorder.stop(), next.stop()])
})

test('a runtime that stops ends its recordings in good order', async () => {
  const echo = testWorkflow('echo', await writeGuest('echo-events'))
  const runtime = await startTestRuntime({ workflows: [echo] })
  const recorder = await startRecorder(runtime)
  const { socket } = await runtime.connect()
  for (let timestamp = 1; timestamp <= 500; timestamp++) socket.send(encodeEvents([event(timestamp, 1)]))
  await waitFor(() => expect(recorder.of('samples')).not.toHaveLength(0))
  const closed = once(recorder.socket, 'close')
  await runtime.runtime.stop()
  await closed
  const sampleCount = recorder.of('samples').reduce((sum, { rows }) => sum + rows.length, 0)
  expect(recorder.of('writeback')).toHaveLength(sampleCount)
  expect(recorder.messages.at(-1)).toMatchObject({ kind: 'end', unfinished: [] })
})

test('a recorder that does not read is cut off, and no one else notices', async () => {
  const limits = { ...runtimeDefaults.limits, sendBufferBytesMax: 100_000 }
  await using runtime = await startTestRuntime({ limits })
  const [slow, good] = [await startRecorder(runtime), await startRecorder(runtime)]
  slow.socket.pause()
  const lines = Array.from({ length: 10_000 }, (_, index) => `temp value=1 ${index}000`).join('\n')
  const countOf = ({ of }: Recorder): number => of('samples').reduce((sum, { rows }) => sum + rows.length, 0)
  for (let posted = 0; !runtime.lines.includes('warn cut off a recording: its recorder does not keep up');) {
    await post(runtime, lines)
    posted += 10_000
    await waitFor(() => expect(countOf(good)).toBe(posted))
  }
  slow.socket.resume()
  await waitFor(() => expect(slow.socket.readyState).toBe(WebSocket.CLOSED))
  expect(slow.of('end')).toEqual([])
  await post(runtime, 'temp value=1 1000')
  await good.stop()
  expect(good.of('end')).toHaveLength(1)
})

test('recordings are for clients that may connect, and few at a time', async () => {
  {
    await using runtime = await startTestRuntime({ token: 'secret' })
    expect(await refusal(`${runtime.url}/record`)).toContain('401')
    expect(await runtime.request('/record')).toMatchObject({ status: 401 })
  }
  await using runtime = await startTestRuntime()
  expect(await refusal(`${runtime.url}/record`, [protocol], { origin: 'https://evil.example' })).toContain('403')
  expect(await refusal(`${runtime.url}/record`, [])).toContain('400')
  expect(await refusal(`${runtime.url}/other`)).toContain('404')
  expect(await runtime.request('/record')).toMatchObject({ status: 426 })
  const many = await Promise.all([1, 2, 3, 4].map(() => startRecorder(runtime)))
  expect(await refusal(`${runtime.url}/record`)).toContain('503')
  await many[0]!.stop()
  const next = await waitFor(() => startRecorder(runtime, '?history=-1'))
  expect(next.messages).toMatchObject([{ kind: 'refused', error: expect.stringContaining('history') }])
})

test('recordings of one address begin at most ten times a minute', async () => {
  await using runtime = await startTestRuntime()
  for (let begun = 0; begun < 10; begun++) {
    const recorder = await startRecorder(runtime)
    await recorder.stop()
    // Its end reaches the runtime a little later.
    const ends = (): number => runtime.lines.filter((line) => line.startsWith('info a recording ended')).length
    await waitFor(() => expect(ends()).toBe(begun + 1))
  }
  const answer = once(new WebSocket(`${runtime.url.replace('http', 'ws')}/record`, [protocol]), 'unexpected-response')
  const [request, response] = (await answer) as [ClientRequest, IncomingMessage]
  expect(response.statusCode).toBe(429)
  expect(Number(response.headers['retry-after'])).toBeGreaterThan(0)
  const body = (await response.setEncoding('utf8').toArray()).join('')
  expect(JSON.parse(body)).toEqual({
    error: expect.stringMatching(
      /^10 recordings of \S+ began within a minute, which is the limit; try again in \d+ s$/,
    ),
  })
  request.destroy()
})

interface Result {
  readonly code: number
  readonly out: string
  readonly error: string
}

/** Runs the command, with `act` once it records. */
async function record(runtime: TestRuntime, flags: readonly string[], act: () => Promise<void>): Promise<Result> {
  let out = ''
  let error = ''
  const before = runtime.lines.filter((line) => line === 'info a recording started').length
  const running = runProgram(['record', ...flags, '--url', runtime.url, '--out', folder], {
    out: (text) => (out += text),
    error: (text) => (error += text),
  })
  const begun = waitFor(() =>
    expect(runtime.lines.filter((line) => line === 'info a recording started')).toHaveLength(before + 1),
  )
  await Promise.race([begun.then(act), running])
  return { code: await running, out, error }
}

test('slung record writes the fixture, and a spec for each workflow', async () => {
  const workflows = [
    testWorkflow('echo', await writeGuest('echo-events')),
    testWorkflow('other', join(folder, 'echo-events.wasm'), { environment: { API_KEY: 'abc' } }),
  ]
  await using runtime = await startTestRuntime({ workflows })
  await post(runtime, 'temp value=1 1000')
  const { socket } = await runtime.connect()
  const result = await record(runtime, ['incident', '--for', '500ms', '--history', '3000w'], async () => {
    socket.send(encodeEvents([event(5, 2)]))
    await post(runtime, 'other,token=secret;value value=1 2000')
  })

  const specs = ['incident-echo.slung.yaml', 'incident-other.slung.yaml'].map((name) => join(folder, name))
  expect(result.out).toBe([...specs, join(folder, 'incident.csv'), ''].join('\n'))
  expect(result.error).toContain(
    'slung: the samples contain what looks like a secret: "token" in a text, in a tag of other\n',
  )
  expect(result.error).toContain('recorded 1 sample, 2 writebacks\n')
  expect(result.code).toBe(0)
  expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([])

  const [header, ...rows] = (await readFile(join(folder, 'incident.csv'), 'utf8')).trim().split('\n')
  expect(header).toBe('timestamp,arrives,series,producer,tags,value')
  expect(rows).toEqual([
    '1970-01-01T00:00:00.000001Z,1970-01-01T00:00:00.000001Z,temp,,,1',
    expect.stringMatching(/^1970-01-01T00:00:00.000005Z,20\d\d-[^,]+Z,temp,1,sensor=1,2$/),
  ])
  const text = await readFile(specs[1]!, 'utf8')
  expect(text).toContain(
    'It had these environment variables; their values are not recorded, so set them in "env": API_KEY.',
  )
  expect(text).toContain('from the samples of this recording on:\n# - SUM:temp:[]\n')
  expect(text).toContain('samples of other{token=secret;value} are left out')
  expect(text).not.toContain('abc')
  expect(parse(text)).toMatchObject({
    workflow: 'echo-events.wasm',
    tick: '1s',
    input: 'incident.csv',
    tests: [{ expect: [{ ws: 1, json: { timestamp: 5, value: 3, tags: ['sensor=1'], producers: [1] } }] }],
  })
})

test('a recording begins with what each workflow remembers', async () => {
  const remember = await writeGuest('remember')
  const workflows = ['one', 'two', 'three'].map((name) => testWorkflow(name, remember))
  await using runtime = await startTestRuntime({ workflows })
  await post(runtime, 'temp value=1 1000\ntemp value=16 2000')
  for (const name of ['one', 'two', 'three']) {
    await waitFor(async () =>
      expect((await runtime.request(`/workflows/${name}/state`)).body).toMatchObject({
        values: [{ key: 'count', text: '2' }, { key: 'large' }],
      }),
    )
  }
  const { code } = await record(runtime, ['going', '--for', '1s'], async () => {
    await post(runtime, 'temp value=1 3000\ntemp value=1 4000')
  })
  expect(code).toBe(0)
  for (const name of ['one', 'two', 'three']) {
    const text = await readFile(join(folder, `going-${name}.slung.yaml`), 'utf8')
    expect((parse(text) as { state: { before: { count: string } } }).state.before.count).toBe('2')
    expect(text).toContain('Its "state" is here; what it had only in memory is lost.')
  }
})

test('slung record says why it cannot begin, and writes nothing when nothing happens', async () => {
  await using runtime = await startTestRuntime()
  const nothing = async (): Promise<void> => {}
  const at = async (...flags: string[]): Promise<Result> => await record(runtime, flags, nothing)
  expect(await at('quiet', '--for', '10ms')).toMatchObject({
    code: 1,
    error: expect.stringContaining('nothing was written'),
  })
  expect(await at('x', '--workflow', 'alert', '--for', '1s')).toMatchObject({
    code: 2,
    error: 'slung: cannot record the workflow "alert": the runtime runs none\n',
  })
  await writeFile(join(folder, 'there.csv'), '')
  expect(await at('there', '--for', '1s')).toMatchObject({
    code: 2,
    error: expect.stringContaining('it already exists'),
  })
  expect(await at('a/b')).toMatchObject({ code: 2, error: expect.stringContaining('expected a file name') })
  expect(await at('x', '--for', 'soon')).toMatchObject({
    code: 2,
    error: expect.stringContaining('expected a duration'),
  })
  expect(await at('x', '--for', '30d')).toMatchObject({ code: 2, error: expect.stringContaining('24 days') })
  expect(await readdir(folder)).toEqual(['there.csv'])
})

const recorded = { name: 'a', file: '/a', tickMillis: 1, variables: [], runningSince: 1, runningQueries: [] }
const begin = { kind: 'begin', at: 1_000_000, version: '0.1.0', workflows: [recorded] }
const series = { kind: 'series', id: 1, name: 'a', tags: [] }
const writeback = { kind: 'writeback', workflow: 'a', answer: null, secrets: [], inexact: [] }
const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`

test.each([
  ['a text', ['hello']],
  ['nothing', []],
  ['an empty text', ['']],
  ['bytes', [Buffer.of(1, 2, 3)]],
  ['other JSON', ['null']],
  ['another protocol', ['{"kind":"hello"}']],
  ['a beginning that lacks something', ['{"kind":"begin","at":1,"version":"1"}']],
  ['a beginning with junk in it', [{ ...begin, workflows: [5] }]],
  ['a time that there is not', [{ ...begin, at: 1e300 }]],
  ['a reason that is no text', ['{"kind":"refused","error":5}']],
  ['rows that are none', [begin, series, { kind: 'samples', at: 1, writer: null, rows: [5] }]],
  ['a sample at a time that there is not', [begin, series, { kind: 'history', rows: [[1, 1e300, 1]] }]],
  ['an expectation that is none', [begin, { ...writeback, expect: null }]],
  ['an expectation at no time', [begin, { ...writeback, expect: { event: 'x', value: 1, timestamp: 'x' } }]],
  ['JSON without a bottom', [begin, JSON.stringify({ ...writeback, expect: { ws: 1, json: 0 } }).replace('0', deep)]],
  ['an end that lacks something', [begin, { kind: 'end', at: 5 }]],
] as const)('slung record says that something is no runtime: %s', async (_what, messages) => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => protocol })
  await once(server, 'listening')
  server.on('connection', (socket) => {
    for (const message of messages) {
      socket.send(typeof message === 'string' || message instanceof Buffer ? message : JSON.stringify(message))
    }
    if (messages.length === 0) socket.close()
  })
  let error = ''
  const output = { out: () => {}, error: (text: string) => (error += text) }
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    expect(await runProgram(['record', 'junk', '--url', url, '--out', folder], output)).toBe(2)
  } finally {
    server.close()
  }
  expect(error).toMatch(/^slung: cannot record ws:\S+ it sent [^\n]+; is it a Slung runtime of this version\?\n$/)
  expect(await readdir(folder)).toEqual([])
})

test('a recording whose end is lost is written, and says so', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => protocol })
  await once(server, 'listening')
  server.on('connection', (socket) => {
    const at = 1_000_000
    const workflow = {
      name: 'alert',
      file: '/alert.wasm',
      tickMillis: 1000,
      variables: [],
      runningSince: at,
      runningQueries: [],
    }
    const messages: RecordMessage[] = [
      { kind: 'begin', at, version: '0.1.0', workflows: [workflow] },
      { kind: 'series', id: 7, name: 'temp', tags: [] },
      { kind: 'samples', at: at + 5, writer: null, rows: [[7, 1, 1.5, 0]] },
    ]
    for (const message of messages) socket.send(JSON.stringify(message))
    setTimeout(() => socket.terminate(), 50)
  })
  let error = ''
  const output = { out: () => {}, error: (text: string) => (error += text) }
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    expect(await runProgram(['record', 'lost', '--url', url, '--out', folder], output)).toBe(1)
  } finally {
    server.close()
  }
  expect(error).toContain('slung: the recording is incomplete: the connection was lost')
  const spec = await readFile(join(folder, 'lost.slung.yaml'), 'utf8')
  expect(spec).toContain('# INCOMPLETE: the connection was lost')
  // `at_least` with nothing to expect would be no test.
  expect(parse(spec)).toMatchObject({ until: '1970-01-01T00:00:01.000005Z', tests: [{ expect: [] }] })
  expect(await readFile(join(folder, 'lost.csv'), 'utf8')).toContain(',temp,,,1.5\n')
})
