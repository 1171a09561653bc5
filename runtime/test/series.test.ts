/** What series may take, over real sockets and on a real disk. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { runtimeDefaults } from '../src/staging/config/defaults.ts'
import { StoredHistory } from '../src/staging/durable-store/stored-history.ts'
import { encodeEvents, type OutgoingEvent } from '../src/staging/wire/event-frame.ts'
import { startTestRuntime, type TestSocket } from './runtime-fixture.ts'

const waitFor = <Value>(check: () => Value): Promise<Value> => vi.waitFor(check, { timeout: 30_000, interval: 5 })
const { limits } = runtimeDefaults

const event = (series: string, tags: string[] = []) => ({ series, timestamp: 1, value: 1, tags })

/** What a connection was refused, as `number of the event: error`. */
function refusals({ received }: TestSocket): string[] {
  return received
    .map((text) => JSON.parse(text) as { error?: string; event?: number })
    .flatMap(({ error, event: number }) => (error === undefined ? [] : [`${number}: ${error}`]))
}

test('a new series whose labels no longer fit is refused, and known ones are taken, also after a restart', async () => {
  const data = await mkdtemp(join(tmpdir(), 'slung-series-'))
  const settings = { data, limits: { ...limits, labelBytesMax: 65_536 } }
  const long = (index: number) => event('temp', [`${index}=${'x'.repeat(1000)}`])
  try {
    {
      await using runtime = await startTestRuntime(settings)
      const connection = await runtime.connect({ protocol: 'slung.ack.v1' })
      connection.socket.send(encodeEvents(Array.from({ length: 60 }, (_, index) => long(index))))
      await waitFor(() => expect(connection.received.at(-1)).toMatch(/^\{"ack":/))
      const refused = refusals(connection)
      expect(connection.received.at(-1)).toBe(`{"ack":${60 - refused.length}}`)
      expect(refused.length).toBe(3)
      expect(refused[0]).toContain('58: cannot add the series temp{57=xxx')
      expect(refused[0]).toContain('raise "labels" under [limits]')
      expect(refused[0]!.length).toBeLessThan(600)
    }
    await using runtime = await startTestRuntime(settings)
    const connection = await runtime.connect({ protocol: 'slung.ack.v1' })
    connection.socket.send(encodeEvents([long(7), long(58), long(8)]))
    await waitFor(() => expect(connection.received.at(-1)).toBe('{"ack":2}'))
    expect(refusals(connection)).toEqual([expect.stringContaining('2: cannot add the series')])
    expect((await runtime.request('/metrics')).body).toMatch(/^slung_label_bytes 64\d{3}$/m)
  } finally {
    await rm(data, { recursive: true })
  }
})

test('a limit that is used up by series of the past has room again after retention, on the disk too', async () => {
  const data = await mkdtemp(join(tmpdir(), 'slung-series-'))
  const old = Array.from({ length: 20 }, (_, index) => event('old', [`index=${index}`]))
  const fresh = (index: number) => ({ ...event('new', [`index=${index}`]), timestamp: Date.now() * 1000 })
  const settings = { data, limits: { ...limits, seriesMax: 20 } }
  const retention = { ageMicros: 3_600_000_000, bytesMax: null }
  const send = async (changes: object, events: readonly OutgoingEvent[]): Promise<string[]> => {
    await using runtime = await startTestRuntime({ ...settings, ...changes })
    const connection = await runtime.connect({ protocol: 'slung.ack.v1' })
    connection.socket.send(encodeEvents(events))
    await waitFor(() => {
      const takenCount = events.length - refusals(connection).length
      expect(connection.received.at(-1)).toBe(takenCount === 0 ? undefined : `{"ack":${takenCount}}`)
    })
    return refusals(connection)
  }
  try {
    expect(await send({}, [...old, fresh(0)])).toEqual([expect.stringContaining('21: cannot add the series new')])
    expect(
      await send(
        { retention },
        Array.from({ length: 20 }, (_, index) => fresh(index)),
      ),
    ).toEqual([])
    expect(await send({}, [fresh(3), ...old])).toHaveLength(20)
    const reader = await StoredHistory.open(data)
    const named = new Set<string>()
    reader.select({ names: null, tags: { kind: 'everything' } }, null, (id) => named.add(reader.series(id).name))
    await reader.close()
    expect([...named]).toEqual(['new'])
  } finally {
    await rm(data, { recursive: true })
  }
})

test('one sender cannot use up the series of all: connections, addresses and workflows have a share each', async () => {
  await using runtime = await startTestRuntime({ limits: { ...limits, seriesMax: 10, senderSeriesMax: 3 } })
  const names = (prefix: string) => [1, 2, 3, 4].map((number) => event(`${prefix}${number}`))
  const first = await runtime.connect({ protocol: 'slung.ack.v1' })
  first.socket.send(encodeEvents(names('a')))
  await waitFor(() => expect(first.received.at(-1)).toBe('{"ack":3}'))
  expect(refusals(first)).toEqual([
    '4: cannot add the series a4: producer 1 has added 3 of those that are stored, which is the limit for one sender; ' +
      'raise "sender_series" under [limits]',
  ])
  first.socket.send(encodeEvents(names('a')))
  await waitFor(() => expect(first.received.at(-1)).toBe('{"ack":6}'))

  const second = await runtime.connect({ protocol: 'slung.ack.v1' })
  second.socket.send(encodeEvents(names('b')))
  await waitFor(() => expect(second.received.at(-1)).toBe('{"ack":3}'))

  const lines = (prefix: string) => names(prefix).map(({ series }) => `${series} value=1 1000`)
  const post = (body: string) =>
    runtime.request('/events', { method: 'POST', body, headers: { 'content-type': 'text/plain' } })
  expect(await post(lines('c').slice(0, 2).join('\n'))).toMatchObject({ body: { accepted: 2, rejected: 0 } })
  const reason = 'cannot add the series c4: address 127.0.0.1 has added 3 of those that are stored'
  expect(await post([...lines('c'), ...lines('b').slice(0, 3)].join('\n'))).toMatchObject({
    status: 200,
    body: { accepted: 6, rejected: 1, errors: [{ line: 4, reason: expect.stringContaining(reason) }] },
  })
})
