/** What a replay does, seen from a test: real guests, real threads, virtual time. */
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { delay, http, HttpResponse, passthrough } from 'msw'
import { afterAll, expect, test } from 'vitest'
import { replay, type ReplayOptions, type ReplayRun } from '../src/index.ts'
import '../src/matchers/index.ts'
import { guestUrl } from './build-guests.ts'

const folder = await mkdtemp(join(tmpdir(), 'slung-replay-'))
afterAll(() => rm(folder, { recursive: true }))

let fixtureCount = 0
/** Writes a fixture from its lines. */
async function fixture(...lines: string[]): Promise<string> {
  const file = join(folder, `input-${fixtureCount++}.csv`)
  await writeFile(file, lines.join('\n'))
  return file
}

async function run(guest: string, lines: string[], options: Omit<ReplayOptions, 'input'> = {}): Promise<ReplayRun> {
  return await replay(guestUrl(guest), { ...options, input: await fixture(...lines) })
}

const texts = (result: ReplayRun): string[] => result.logs.map(({ text }) => text)

test('the clock is the arrival of the newest row, rows go by arrival, and ties by line', async () => {
  const result = await run('tell-events', [
    'timestamp,arrives,series,producer,value,room',
    '1000000,5000000,temp,edge-a,1,x',
    '2000000,2000000,temp,edge-b,2,x',
    '3000000,5000000,temp,7,4,y',
    '4000000,,temp,,8,',
  ])

  expect(texts(result)).toEqual([
    '2000000 temp 2000000 2 [room=x] [2]',
    '4000000 temp 4000000 10 [] [2]',
    '5000000 temp 1000000 11 [room=x] [1 2]',
    '5000000 temp 3000000 15 [room=y] [1 2 7]',
  ])
  expect(result).toMatchObject({ outcome: 'drained', code: null, rows: 4, rowsTotal: 4, delivered: 4, at: 5_000_000 })
  expect(result.producers).toEqual(
    new Map([
      [1, 'edge-a'],
      [2, 'edge-b'],
      [7, '7'],
    ]),
  )
})

test('a query with groups follows each value of its key, and is refused where one number is asked for', async () => {
  const result = await run('follow-rooms', [
    'timestamp,arrives,series,producer,value,room',
    '1000000,,co2,edge-a,400,x',
    '2000000,,co2,edge-b,600,y',
    '3000000,,co2,edge-b,500,x',
    '4000000,,co2,edge-a,999,',
    '20000000,,co2,,700,y',
    '5000000,21000000,co2,edge-a,600,x',
    '6000000,22000000,co2,edge-a,0,y',
  ])

  expect(texts(result)).toEqual([
    expect.stringMatching(
      /^u_query_history: cannot answer "AVG:co2:\[room=\*\]" with one number: it has a value for each room; /,
    ),
    expect.stringMatching(/^false cannot answer /),
    'x 400.0 [1]',
    'y 600.0 [2]',
    'x 450.0 [1 2]',
    'y 700.0 []',
    'x 500.0 [1 2]',
  ])
  expect(result).toMatchObject({ outcome: 'drained', delivered: 5, late: 1 })
})

test('a Select returns the Events of all its queries in the order of arrival, and ends with the input', async () => {
  const rows = ['1,a,1', '2,a,1', '3,b,1', '4,d,1', '5,c,1', '6,b,1', '7,c,1', '8,a,1']
  const result = await run('select-three', ['timestamp,series,value', ...rows])

  const order = texts(result).map((text) => Number(text.split(' ')[0]))
  expect(order).toEqual([1, 1, 2, 2, 3, 5, 6, 7, 8, 8])
  const of = (index: number): string[] => texts(result).filter((text) => text.split(' ')[1] === String(index))
  expect([0, 1, 2].map((index) => of(index).map((text) => Number(text.split(' ')[2])))).toEqual([
    [1, 2, 3],
    [1, 2],
    [1, 2, 3, 4, 5],
  ])
  expect(result).toMatchObject({ outcome: 'drained', delivered: 10, lags: [] })
})

test.each([
  ['a handler that never answers', () => delay('infinite').then(() => HttpResponse.text('late'))],
  ['a body that never ends', () => new HttpResponse(new ReadableStream())],
])('%s ends the run with the request it waits for', async (_, answer) => {
  const handler = http.post('https://hooks.example.com/each', answer)
  const rows = ['timestamp,series,value', '1000000,temp,1']

  await expect(run('post-each', rows, { http: [handler], answerMillis: 20 })).rejects.toThrow(
    'cannot replay on: POST https://hooks.example.com/each has had no answer for 0.02 s; for a service that hangs, answer after(',
  )
  // The thread of that run takes the next one.
  expect(await run('post-each', rows, { http: 'ok' })).toMatchObject({ outcome: 'drained' })
})

test('a late sample inside the window is delivered, one before it is counted', async () => {
  const result = await run('tell-events', [
    'timestamp,arrives,series,value',
    '20000000,20000000,load,1',
    '12000000,21000000,load,9',
    '9000000,22000000,load,99',
    '23000000,23000000,load,2',
  ])

  expect(texts(result)).toEqual([
    '20000000 load 20000000 1 [] []',
    '21000000 load 12000000 9 [] []',
    '23000000 load 23000000 2 [] []',
  ])
  expect(result.late).toBe(1)
})

test('each entry names the row that was replayed last', async () => {
  const result = await run('tell-events', ['timestamp,series,value', '1,temp,1', '', '2,other,1', '3,temp,2'])

  expect(result.logs.map(({ at, cause }) => [at, cause?.line, cause?.value])).toEqual([
    [1, 2, 1],
    [3, 5, 2],
  ])
  expect(result.logs[0]?.cause?.series).toEqual({ name: 'temp', tags: [] })
})

test('written events are stored, come back in queries, and are captured with sorted tags', async () => {
  const result = await run('downsample', ['timestamp,series,producer,value', '10,temp,p,4', '20,temp,p,3'])

  expect(result.writebacks).toMatchObject([
    { kind: 'event', at: 10, timestamp: 10, series: 'copy', value: 4, tags: ['a=1', 'b=2'] },
    { kind: 'ws', at: 10, producer: 1, text: '1 copies' },
    { kind: 'event', at: 20, timestamp: 20, series: 'copy', value: 4, tags: ['a=1', 'b=2'] },
    { kind: 'ws', at: 20, producer: 1, text: '2 copies' },
  ])
})

test('several inputs are merged by arrival', async () => {
  const input = [
    { csv: await fixture('time,value', '3,1', '5,2'), series: 'temp', tags: ['room=a'], producer: 'one' },
    { csv: await fixture('time,value', '1,4', '5,8'), series: 'temp', timeUnit: 'us' as const },
  ]
  const result = await replay(guestUrl('tell-events'), { input })

  expect(texts(result)).toEqual([
    '1 temp 1 4 [] []',
    '3 temp 3 5 [room=a] [1]',
    '5 temp 5 7 [room=a] [1]',
    '5 temp 5 15 [] [1]',
  ])
})

test('a run ends as undelivered when a handle is never polled', async () => {
  expect(await run('poll-one-of-two', ['timestamp,series,value', '1,temp,1'])).toMatchObject({
    outcome: 'undelivered',
    delivered: 1,
    rows: 1,
  })
})

test('a guest that feeds itself ends as a runaway, with what it wrote', async () => {
  const result = await run('feed-itself', ['timestamp,series,value', '1,temp,1', '2,temp,1'])

  expect(result).toMatchObject({ outcome: 'runaway', rows: 1 })
  expect(result.writebacks).toHaveLength(10_000)
})

const threeRows = ['timestamp,series,value', '1,temp,1', '2,temp,1', '3,temp,1', '4,temp,1']

test('what call returns is the code', async () => {
  expect(await run('end-at-third', threeRows, { environment: { MODE: 'return' } })).toMatchObject({
    outcome: 'returned',
    code: 3,
    rows: 3,
    delivered: 3,
    at: 3,
  })
})

test("a trap is an outcome with the guest's own frames and abort text", async () => {
  const result = await run('end-at-third', threeRows, { environment: { MODE: 'trap' } })

  expect(result).toMatchObject({ outcome: 'trapped', code: null, rows: 3 })
  expect(result.trap).toMatchObject({ code: 'abort', message: expect.stringContaining('Index out of range') })
  expect(result.trap?.frames).toContainEqual({
    function: expect.stringContaining('call'),
    location: expect.stringMatching(/end-at-third\.ts:\d+:\d+/),
  })
})

test('a guest that spins is stopped, and what it did before that is kept', async () => {
  const result = await run('end-at-third', threeRows, { environment: { MODE: 'spin' }, watchdogMillis: 200 })

  expect(result).toMatchObject({ outcome: 'stuck', code: null, rows: 3, delivered: 3, at: 3 })
})

test('after a stuck guest, the next replay runs as usual', async () => {
  await run('end-at-third', threeRows, { environment: { MODE: 'spin' }, watchdogMillis: 100 })

  expect(await run('tell-events', threeRows)).toMatchObject({ outcome: 'drained', delivered: 4 })
})

test('a refused query says why in the log', async () => {
  const result = await run('refused-query', threeRows)

  expect(result).toMatchObject({ outcome: 'returned', code: 1, rows: 0 })
  expect(result.logs).toMatchObject([{ stream: 'host', text: expect.stringMatching(/AVVG[^]*\^[^]*did you mean AVG/) }])
})

const api = 'https://api.example.com'

test('HTTP is answered by MSW handlers, and the guest sees bodies and statuses', async () => {
  const bodies: string[] = []
  const result = await run('ask-twice', threeRows.slice(0, 2), {
    http: [
      http.get(`${api}/limit`, ({ request }) => HttpResponse.text(`limit ${new URL(request.url).search}`)),
      http.put(`${api}/état`, async ({ request }) => {
        bodies.push(await request.text())
        return HttpResponse.json({ error: 'nö' }, { status: 422 })
      }),
    ],
  })

  expect(texts(result)).toContain('GET true 200 limit ?unit=c')
  expect(texts(result)).toContain('PUT false 422 ')
  expect(bodies).toEqual(['{"grüß":"°"}'])
  expect(result.writebacks).toMatchObject([
    { kind: 'http', method: 'GET', url: `${api}/limit?unit=c`, body: '', status: 200 },
    { kind: 'http', method: 'PUT', url: `${api}/état`, body: '{"grüß":"°"}', status: 422 },
  ])
  expect(result.unanswered).toEqual([])
})

test('requests have the headers of their URL, for MSW handlers and for assertions', async () => {
  const seen: (string | null)[] = []
  const result = await run('ask-twice', threeRows.slice(0, 2), {
    http: [
      http.all(`${api}/*`, ({ request }) => {
        seen.push(request.headers.get('authorization'))
        return new HttpResponse(null)
      }),
    ],
    headers: { [`${api}/limit`]: { Authorization: 'Bearer test' }, 'other.example.com': { 'x-team': 'plant' } },
  })

  expect(seen).toEqual(['Bearer test', null])
  expect(result).toHaveWrittenBack({ http: `GET ${api}/limit?unit=c`, headers: { authorization: '</^Bearer />' } })
  expect(result).not.toHaveWrittenBack({ http: `PUT ${api}/état`, headers: { authorization: '<any>' } })
  await expect(run('ask-twice', threeRows, { headers: { '*': { authorization: 'x' } } })).rejects.toThrow(
    'cannot add headers to "*"',
  )
})

test('a run begins with the state it is given, and tells what it leaves', async () => {
  const rows = (...values: number[]) => [
    'timestamp,series,value',
    ...values.map((value, at) => `${at + 1},temp,${value}`),
  ]
  const count = ({ state }: ReplayRun) => Buffer.from(state.get('count') ?? []).toString()
  const first = await run('remember', rows(1, 1))
  expect([texts(first), count(first)]).toEqual([['none', '1'], '2'])
  const second = await run('remember', rows(1, 15), { state: first.state })
  expect([second.outcome, texts(second), count(second)]).toEqual(['returned', ['2', '3'], '4'])
  // What was done since the last poll is undone with the run.
  for (const value of [13, 14]) {
    const failed = await run('remember', rows(1, value), { state: { count: '7' } })
    expect([texts(failed), count(failed)]).toEqual([['7', '8'], '8'])
  }
  await expect(run('remember', rows(1), { state: { large: 'x'.repeat(65_536) } })).rejects.toThrow(
    'cannot replay: the option "state": cannot set "large": the state would take 65,541 bytes',
  )
})

test.each([300, 401, 407, 421, 511, 599, 600, 999])('the guest sees status %i, as from a server', async (status) => {
  const result = await run('ask-twice', threeRows.slice(0, 2), {
    http: [http.all(`${api}/*`, () => new HttpResponse('why', { status }))],
  })

  expect(texts(result)).toEqual([`GET false ${status} `, `PUT false ${status} `])
})

test.each([100, 101, 103, 199, 1000])('a handler cannot answer with status %i: no server does', async (status) => {
  const answers = [http.all(`${api}/*`, () => new HttpResponse(null, { status }))]
  await expect(run('ask-twice', threeRows, { http: answers })).rejects.toThrow(
    `cannot answer GET ${api}/limit?unit=c: a handler gave the status ${status}, expected one from 200 to 999`,
  )
})

test('a request that no answer covers has no response and is listed', async () => {
  const result = await run('ask-twice', threeRows.slice(0, 2), {
    http: [http.get(`${api}/limit`, () => HttpResponse.text('1'))],
  })

  expect(texts(result)).toContain('PUT false 0 ')
  expect(result.unanswered).toEqual([{ at: 1, method: 'PUT', url: `${api}/état` }])
})

test('no matcher passes on a run with a request that no answer covers', async () => {
  const result = await run('ask-twice', threeRows.slice(0, 2))

  expect(() => expect(result).toHaveWrittenBackTimes(2)).toThrow(
    /no answer covers GET https:\/\/api.example.com\/limit/,
  )
  expect(() => expect(result).not.toHaveWrittenNothing()).toThrow(/no answer covers/)
})

test('without any answers nothing reaches the network', async () => {
  const result = await run('ask-twice', threeRows.slice(0, 2))

  expect(result.unanswered).toHaveLength(2)
  expect(result.writebacks.map((writeback) => writeback.kind === 'http' && writeback.status)).toEqual([0, 0])
})

test("a replay with answers does not touch the test's own requests", async () => {
  const server = createServer((_request, response) => response.end('real')).listen(0)
  await once(server, 'listening')
  try {
    await run('ask-twice', threeRows, { http: [http.all(`${api}/*`, () => HttpResponse.text(''))] })
    const { port } = server.address() as AddressInfo
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('real')
  } finally {
    server.close()
  }
})

test.each([[[http.all('*', () => HttpResponse.text('anything'))]], ['ok']] as const)(
  'what is not an http URL has no answer, whatever answers (%#)',
  async (answers) => {
    const result = await run('ask-strange-urls', threeRows.slice(0, 2), { http: answers })

    expect(result.unanswered).toHaveLength(5)
    expect(result.logs.filter(({ stream }) => stream === 'stdout').map(({ text }) => text)).toEqual(
      Array.from({ length: 5 }, () => 'false'),
    )
  },
)

test('a handler may give the same response again', async () => {
  const same = HttpResponse.text('same')
  const result = await run('ask-twice', threeRows.slice(0, 2), { http: [http.all('*', () => same)] })

  expect(texts(result)).toEqual(['GET true 200 same', 'PUT true 200 same'])
})

test('what an answer throws, such as a failed assertion, fails the replay', async () => {
  const answers = [
    http.get(`${api}/limit`, () => {
      throw new Error('the assertion in the handler')
    }),
  ]
  await expect(run('ask-twice', threeRows, { http: answers })).rejects.toThrow('the assertion in the handler')
})

test('a handler that would let a request through leaves it unanswered', async () => {
  const result = await run('ask-twice', threeRows.slice(0, 2), { http: [http.all('*', () => passthrough())] })

  expect(result.unanswered).toHaveLength(2)
})

test('a guest that floods its writebacks ends as a runaway before it fills the memory', async () => {
  const input = await fixture('timestamp,series,producer,value', '1,temp,p,1')
  const result = await replay(guestUrl('flood'), { input })

  expect(result).toMatchObject({ outcome: 'runaway', rows: 1 })
  expect(result.writebacks.length).toBeLessThan(300)
})

test('many replays at the same time share the threads', async () => {
  const results = await Promise.all(Array.from({ length: 20 }, () => run('tell-events', threeRows)))

  expect(results.map(({ outcome, delivered }) => [outcome, delivered])).toEqual(results.map(() => ['drained', 4]))
})

test.each([
  [{ input: [] }, /"input" names no fixture/],
  [{}, /"input" names no fixture/],
  [{ input: 'x.csv', htp: [] }, /unknown option "htp"; did you mean "http"\?/],
  [{ input: 'x.csv', watchdogMillis: Number.NaN }, /watchdogMillis is NaN/],
  [{ input: 'x.csv', http: 'OK' }, /"http" is "OK", expected a list of MSW handlers/],
])('the options %j are refused', async (options, message) => {
  await expect(replay(guestUrl('tell-events'), options as ReplayOptions)).rejects.toThrow(message)
})

test('answers of replays that run at the same time do not mix', async () => {
  const answers = (text: string) => [
    http.all(`${api}/*`, async () => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      return HttpResponse.text(text)
    }),
  ]
  const results = await Promise.all(
    ['one', 'two', 'three'].map((text) => run('ask-twice', threeRows, { http: answers(text) })),
  )

  expect(results.map((result) => new Set(texts(result)))).toEqual(
    ['one', 'two', 'three'].map((text) => new Set([`GET true 200 ${text}`, `PUT true 200 ${text}`])),
  )
})

test('the same replay twice gives the same timeline', async () => {
  const input = await fixture(
    'timestamp,series,producer,value',
    ...Array.from({ length: 500 }, (_, row) => `${row},temp,p${row % 7},${Math.sin(row)}`),
  )
  const [first, second] = await Promise.all([1, 2].map(() => replay(guestUrl('tell-events'), { input })))

  expect(second).toMatchObject({ ...first, rowAround: expect.any(Function) })
  expect(first?.logs).toHaveLength(500)
})

test('what cannot be run throws and says where', async () => {
  const input = await fixture('timestamp,series,value', '1,temp,1', '2,temp,4O.1')
  await expect(replay(guestUrl('tell-events'), { input })).rejects.toThrow(/\.csv:3: value "4O\.1" is not a number/)
  await expect(replay(join(folder, 'nothing.wasm'), { input })).rejects.toThrow(/nothing\.wasm/)
  await expect(replay(guestUrl('tell-events'), { input: join(folder, 'nothing.csv') })).rejects.toThrow(/no such file/)
})

test('relative paths start at the file that calls replay', async () => {
  const result = await replay('../build/guests/tell-events.wasm', {
    input: await fixture('timestamp,series,value', '1,temp,1'),
  })

  expect(result.outcome).toBe('drained')
})
