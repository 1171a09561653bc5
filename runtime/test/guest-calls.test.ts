// What a guest sees of the host: every import, over guests compiled from AssemblyScript.
import { expect, test } from 'vitest'
import { GuestInstance } from '../src/guest/run/guest-instance.ts'
import { EndOfRun, HostRefusal } from '../src/guest/contract/guest-host.ts'
import { loadTestGuest, loadTextGuest } from './compile-guest.ts'
import { makeEvent, ScriptedHost } from './scripted-host.ts'

test('an Event arrives word for word, with names of any alphabet', async () => {
  const host = new ScriptedHost()
  const event = makeEvent({ tags: ['ort=Zürich', '温度="é😀"'], producers: [1, 12, 345], value: -0.125 })
  host.events.push(event, makeEvent({ producers: [], tags: [] }))
  const outcome = await new GuestInstance(await loadTestGuest('forward'), host).call()
  expect(outcome).toEqual({ kind: 'returned', code: 0 })
  expect(host.calls[0]).toBe('live AVG:größe:[ort=Zürich]')
  expect(host.stdout).toEqual(['handle 1'])
  expect(JSON.parse(host.calls[1]!.replace('ws 7 ', ''))).toEqual(event)
  expect(host.calls[2]).toBe('ws 7 {"timestamp":1767225600000000,"value":21.5,"tags":[],"producers":[]}')
})

test('a refused call answers its sentinel, tells the guest the reason, and tells the log', async () => {
  const host = new ScriptedHost()
  host.http = async ({ url }) => {
    if (url.includes('missing')) return { status: 404, body: new Uint8Array(3) }
    throw new HostRefusal('no route to host')
  }
  const outcome = await new GuestInstance(await loadTestGuest('refused'), host).call()
  expect(outcome).toEqual({ kind: 'returned', code: 0 })
  expect(host.stdout).toEqual([
    '0 | the query is not a query',
    'NaN | the query is not a query',
    '0 | handle 5 is unknown, or was freed before',
    '1 | handle 5 is unknown, or was freed before',
    '1 | handle 18446744073709551615 is unknown, or was freed before',
    '1 | the tags name no series',
    '1 | connection 9 is closed',
    '1 | connection 18446744073709551615 is unknown',
    '0 | no route to host',
    '0 | no route to host',
    '0 | the server answered with status 404',
    '404 | the server answered with status 404',
    '0 | method 4 is unknown; expected 0 (GET), 1 (POST), 2 (PUT) or 3 (DELETE)',
    '0 | method 4 is unknown; expected 0 (GET), 1 (POST), 2 (PUT) or 3 (DELETE)',
  ])
  expect(host.refusals[0]).toBe('u_query_live: the query is not a query')
  expect(host.refusals.at(-1)).toBe(
    'u_writeback_http: method 4 is unknown; expected 0 (GET), 1 (POST), 2 (PUT) or 3 (DELETE)',
  )
})

test('a guest reads and changes its state, and hears what is refused', async () => {
  const host = new ScriptedHost()
  host.state.set('count', new TextEncoder().encode('41'))
  for (const value of [1, 16, 17, 1, 15]) host.events.push({ timestamp: 1, value, tags: [], producers: [] })
  const outcome = await new GuestInstance(await loadTestGuest('remember'), host).call()
  expect(outcome).toEqual({ kind: 'returned', code: 0 })
  const full = 'cannot set "more": the state would take 65,616 bytes, at most 65,536 are allowed'
  const keyless = 'cannot get a key of 0 bytes: expected from 1 to 256 bytes of UTF-8'
  expect(host.stdout).toEqual([
    '41',
    '42',
    'fill 0',
    `more 1 ${full}`,
    `no key 0 ${keyless}`,
    '43',
    'delete 0',
    'none',
    '1',
  ])
  expect(host.refusals).toEqual([`state_set: ${full}`, `state_get: ${keyless}`])
  expect([...host.state.values].map(([key, { length }]) => [key, length])).toEqual([
    ['large', 65_000],
    ['count', 1],
  ])
})

test('without an error to tell, last_error is 0 and nothing is handed over', async () => {
  const guest = await loadTextGuest(
    '(call $last_error)',
    '(import "slung" "last_error" (func $last_error (result i32)))',
  )
  expect(await new GuestInstance(guest, new ScriptedHost()).call()).toEqual({ kind: 'returned', code: 0 })
})

test('an HTTP answer reaches a guest that was suspended meanwhile, empty bodies included', async () => {
  const host = new ScriptedHost()
  host.http = async ({ method, body }) => {
    await new Promise((resolve) => setImmediate(resolve))
    return { status: 201, body: method === 'PUT' ? new Uint8Array(0) : Buffer.concat([Buffer.from(method), body]) }
  }
  const outcome = await new GuestInstance(await loadTestGuest('http'), host).call()
  expect(outcome).toEqual({ kind: 'returned', code: 0 })
  expect(host.stdout).toEqual(['GETtäglich 201', 'POSTtäglich 201', ' 201', 'DELETEtäglich 201'])
})

test('identifiers beyond 2^53 are simply unknown', async () => {
  const host = new ScriptedHost()
  host.poll = () => makeEvent()
  await new GuestInstance(await loadTestGuest('big-identifiers'), host).call()
  expect(host.stdout).toEqual(['0 0', '1 1'])
  expect(host.calls.filter((call) => call.startsWith('ws'))).toEqual([])
})

test('memory may grow while the host hands something over', async () => {
  const host = new ScriptedHost()
  host.events.push(makeEvent({ tags: ['x'.repeat(1000)] }))
  const outcome = await new GuestInstance(await loadTestGuest('growth'), host).call()
  expect(outcome).toEqual({ kind: 'returned', code: 0 })
  expect(host.calls.at(-1)).toContain(`"tags":["${'x'.repeat(1000)}"]`)
})

test('a handle that was freed is unknown from then on', async () => {
  const host = new ScriptedHost()
  host.events.push(makeEvent())
  await new GuestInstance(await loadTestGuest('poll-after-free'), host).call()
  expect(host.stdout).toEqual([
    'freed 0',
    'freed 1 | handle 1 is unknown, or was freed before',
    'polled 0 | handle 1 is unknown, or was freed before',
  ])
  // The guest hears it each time, the log once for each kind of call.
  expect(host.refusals).toEqual([
    'u_free_handle: handle 1 is unknown, or was freed before',
    'u_poll_handle: handle 1 is unknown, or was freed before',
  ])
})

test('so it is where a poll waits before it answers nothing', async () => {
  const host = new ScriptedHost()
  host.waits = true
  host.pollHandle = () => new Promise((resolve) => setImmediate(resolve, undefined))
  await new GuestInstance(await loadTestGuest('poll-after-free'), host).call()
  expect(host.stdout.at(-1)).toBe('polled 0 | handle 1 is unknown, or was freed before')
  expect(host.refusals).toHaveLength(2)
})

test('bad addresses and Regions are refused one by one, and the guest continues', async () => {
  const host = new ScriptedHost()
  const outcome = await new GuestInstance(await loadTestGuest('bad-pointers'), host).call()
  expect(outcome).toEqual({ kind: 'returned', code: 0 })
  const bytes = /outside the (\d+) bytes/.exec(host.stdout[1]!)![1]
  expect(host.stdout).toEqual([
    '0 | the address of filter is 0, which is not a Region',
    `0 | the Region of filter at 4294967280 lies outside the ${bytes} bytes of memory`,
    `0 | the Region of filter at ${Number(bytes) - 11} lies outside the ${bytes} bytes of memory`,
    `0 | the Region of filter says 4 bytes at 4294967280, outside the ${bytes} bytes of memory`,
    `0 | the Region of filter says 2 bytes at 4294967295, outside the ${bytes} bytes of memory`,
    `0 | the Region of filter says 4294967295 bytes at 16, outside the ${bytes} bytes of memory`,
    '0 | filter is 4097 bytes long; at most 4096 are allowed',
    '0 | filter is not valid UTF-8',
    '0 | ',
    'errno 21',
    'errno 28',
    'errno 8',
  ])
})

test('a text of 64 MiB is refused without being copied', async () => {
  const host = new ScriptedHost()
  await new GuestInstance(await loadTestGuest('huge-text'), host).call()
  expect(host.stdout).toEqual(['1 | data is 67108864 bytes long; at most 1048576 are allowed'])
  expect(host.calls).toEqual([])
})

test('proc_exit ends the call with its code, and unfinished lines are not lost', async () => {
  const host = new ScriptedHost()
  const outcome = await new GuestInstance(await loadTestGuest('exit-code'), host).call()
  expect(outcome).toEqual({ kind: 'returned', code: 42 })
  expect(host.stdout).toEqual(['first line', 'no line end'])
  expect(host.stderr).toEqual(['on the other stream'])
})

test('the console, trace, Math.random and Date of AssemblyScript work', async () => {
  const host = new ScriptedHost()
  const outcome = await new GuestInstance(await loadTestGuest('console'), host).call()
  expect(outcome).toEqual({ kind: 'returned', code: 0 })
  expect(host.stdout).toEqual(['zwei', 'Zeilen: ä😀', 'trace: values 1, 2.5, -3', 'random', '1767225600000'])
  expect(host.stderr).toEqual(['to stderr'])
})

test('WASI shows the environment, the clock of the host and its randomness, and has no files', async () => {
  const host = new ScriptedHost()
  host.environment = { SLUNG_LOG: 'debug', ORT: 'Zürich' }
  const outcome = await new GuestInstance(await loadTestGuest('wasi'), host).call()
  expect(outcome).toEqual({ kind: 'returned', code: 0 })
  expect(host.stdout).toEqual([
    '2 28',
    'SLUNG_LOG=debug',
    'ORT=Zürich',
    'workflow',
    '1767225600000000000',
    String(0x07070707),
    '28 21 21 21 21 8 52',
  ])
})

test('a poll may park the guest until an Event comes', async () => {
  const host = new ScriptedHost()
  host.waits = true
  const answers = [makeEvent({ value: 1 }), makeEvent({ value: 2 }), undefined]
  host.poll = async () => {
    await new Promise((resolve) => setImmediate(resolve))
    return answers.shift()
  }
  const outcome = await new GuestInstance(await loadTestGuest('forward'), host).call()
  expect(outcome).toEqual({ kind: 'returned', code: 0 })
  expect(host.calls.filter((call) => call.startsWith('ws'))).toHaveLength(2)
})

test.each([false, true])('the host ends a run from inside a poll (waits: %s)', async (waits) => {
  const host = new ScriptedHost()
  host.waits = waits
  let polls = 0
  host.poll = () => {
    polls++
    if (polls < 3) return undefined
    if (waits) return Promise.reject(new EndOfRun('drained'))
    throw new EndOfRun('drained')
  }
  const outcome = await new GuestInstance(await loadTestGuest('poll-forever'), host).call()
  expect(outcome).toEqual({ kind: 'ended', outcome: 'drained' })
})

test('an instance may be called again after it returned, and keeps its state', async () => {
  const host = new ScriptedHost()
  const instance = new GuestInstance(await loadTestGuest('counter'), host)
  expect(await instance.call()).toEqual({ kind: 'returned', code: 1 })
  expect(await instance.call()).toEqual({ kind: 'returned', code: 2 })
  expect(host.calls).toEqual(['http POST http://hello/ 0', 'http POST http://hello/ 1'])
})

test('a second call is refused while the first is in flight, and the first continues', async () => {
  const host = new ScriptedHost()
  const gate = Promise.withResolvers<void>()
  host.http = async () => {
    await gate.promise
    return { status: 200, body: new Uint8Array(0) }
  }
  const instance = new GuestInstance(await loadTestGuest('counter'), host)
  const first = instance.call()
  await expect(instance.call()).rejects.toMatchObject({
    code: 'guest-busy',
    message: expect.stringMatching(
      /^cannot call workflow ".*counter\.wasm": a call is in flight; use another instance$/,
    ),
  })
  gate.resolve()
  expect(await first).toEqual({ kind: 'returned', code: 1 })
})

test('after a trap an instance refuses to be called, and says what happened', async () => {
  const instance = new GuestInstance(await loadTestGuest('abort'), new ScriptedHost())
  expect(await instance.call()).toMatchObject({ kind: 'trapped' })
  await expect(instance.call()).rejects.toMatchObject({
    code: 'guest-finished',
    message: expect.stringMatching(
      /again: its last call trapped: the guest aborted: Pegel zu hoch.*; use a new instance$/,
    ),
  })
})
