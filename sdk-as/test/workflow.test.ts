/** Whole workflows, compiled the user's way and run on a `MockHost`: what the module imports and exports, and what it does. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createGuestProject, type GuestBuild, type GuestProject, startGuest } from './guest-project.ts'

const alert = `
  import { Query, ws } from '@slung/sdk-as/assembly'

  export function call(): i32 {
    const temperature = Query.avg('temp').tag('sensor=1').live()
    if (!temperature.ok) return 1
    while (true) {
      const event = temperature.next()!
      if (event.value > 100) ws.broadcast(event.producers, 'ALERT: threshold exceeded')
    }
  }
`
const alertQuery = 'AVG:temp:[sensor=1]'

let project: GuestProject
let alertBuild: GuestBuild

beforeAll(async () => {
  project = await createGuestProject()
  alertBuild = await project.compile(alert)
})

afterAll(async () => {
  await project[Symbol.asyncDispose]()
})

function listImports(binary: Uint8Array<ArrayBuffer>): string[] {
  return WebAssembly.Module.imports(new WebAssembly.Module(binary))
    .map(({ module, name }) => `${module}.${name}`)
    .toSorted()
}

test('a workflow compiles without warnings and exports what the host needs', () => {
  const { binary, output } = alertBuild

  expect(output).toBe('')
  expect(
    WebAssembly.Module.exports(new WebAssembly.Module(binary))
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(['allocate', 'call', 'deallocate', 'memory'])
})

test('a workflow imports only what it uses: no extension, no env.abort', () => {
  const { binary } = alertBuild

  expect(listImports(binary)).toEqual([
    'env.u_free_handle',
    'env.u_poll_handle',
    'env.u_query_live',
    'env.u_writeback_ws',
    'wasi_snapshot_preview1.fd_write',
  ])
})

test('the extensions are imported by workflows that use them', async () => {
  const { binary } = await project.compile(`
    import { http, live, now } from '@slung/sdk-as/assembly'

    export function call(): i32 {
      const query = live('COUNT:temp:[]')
      if (!query.ok) return query.error.length
      return <i32>http.get('http://localhost/').status + <i32>now()
    }
  `)

  expect(listImports(binary).filter((name) => name.startsWith('slung.'))).toEqual([
    'slung.http_status',
    'slung.last_error',
    'slung.now',
  ])
})

test('a workflow that reads its environment imports that, and says what is wrong with a number', async () => {
  const { binary } = await project.compile(`
    import { env } from '@slung/sdk-as/assembly'

    export function call(): i32 {
      return <i32>env.number('LIMIT', 7)
    }
  `)
  expect(listImports(binary).filter((name) => name.includes('environ'))).toEqual([
    'wasi_snapshot_preview1.environ_get',
    'wasi_snapshot_preview1.environ_sizes_get',
  ])

  const run = async (environment: Record<string, string>) => {
    const { exports, host } = await startGuest(binary)
    host.environment = environment
    try {
      return exports.call()
    } catch {
      return host.effects.map((effect) => (effect.kind === 'log' ? effect.text : effect.kind)).join()
    }
  }
  expect(await run({})).toBe(7)
  expect(await run({ A: 'x', LIMIT: '42', LIMIT2: '1' })).toBe(42)
  expect(await run({ LIMIT: '1OO' })).toContain(
    'abort: cannot read the variable LIMIT: found "1OO", expected a number such as 0.5 or -3e4 at ',
  )
})

test('an optimised alert workflow stays small', () => {
  const { binary } = alertBuild
  const names = WebAssembly.Module.customSections(new WebAssembly.Module(binary), 'name')
  const nameBytes = names.reduce((sum, section) => sum + section.byteLength, 0)

  // Measured 13.4 kB of code and data with AssemblyScript 0.28.20; 4.9 kB of it is in every program that allocates.
  expect(nameBytes).toBeGreaterThan(0)
  expect(binary.length - nameBytes).toBeLessThan(14_000)
})

test('an alert workflow answers exactly the events above the threshold', async () => {
  const { binary } = alertBuild
  const { exports, host } = await startGuest(binary)
  for (const [value, producers] of [
    [99.9, [1]],
    [100.1, [1, 2]],
    [100, [1]],
    [101.25, []],
    [250, [3]],
  ] as const) {
    host.deliver(alertQuery, { timestamp: 1, value, tags: ['sensor=1'], producers })
    host.deliver(alertQuery, null)
  }

  expect(() => exports.call()).toThrow('nothing is left to wait for')

  const text = 'ALERT: threshold exceeded'
  expect(host.effects).toEqual([
    { kind: 'ws', producer: '1', text },
    { kind: 'ws', producer: '2', text },
    { kind: 'ws', producer: '3', text },
  ])
})

test('a refused query ends the workflow with its code', async () => {
  const { binary } = alertBuild
  const { exports, host } = await startGuest(binary)
  host.refuse('the series is unknown')

  expect(exports.call()).toBe(1)
})

test('200,000 events of changing tags keep the memory flat', async () => {
  const { binary } = await project.compile(`
    import { live } from '@slung/sdk-as/assembly'

    export function call(): i32 {
      const query = live('AVG:temp:[]')
      let length = 0
      while (true) {
        const event = query.next()
        if (event == null) return length
        if (event.value < 0) query.close()
        length += event.tags[0].length
      }
    }
  `)
  const { exports, host } = await startGuest(binary)
  const events = Array.from({ length: 7 }, (_, i) =>
    JSON.stringify({ timestamp: 1, value: i / 7, tags: [`ort=Zürich-${i}`, 'service=api'], producers: [i, 12] }),
  )
  let polls = 0
  const env = host.imports['env'] as Record<string, unknown>
  const { instance } = await WebAssembly.instantiate(binary, {
    ...host.imports,
    env: {
      ...env,
      u_poll_handle: () =>
        host.giveText(++polls > 200_000 ? '{"timestamp":0,"value":-1,"tags":[""],"producers":[]}' : events[polls % 7]!),
    },
  })
  const guest = instance.exports as typeof exports
  host.attach(guest)
  const pagesBefore = guest.memory.buffer.byteLength

  expect(guest.call()).toBe(200_000 * 'ort=Zürich-0'.length)
  expect(guest.memory.buffer.byteLength).toBeLessThanOrEqual(pagesBefore + 65_536)
})

test('sending, asking and logging 100,000 times keeps the memory flat', async () => {
  const { binary } = await project.compile(`
    import { Json, history, http, log, writeEvent, ws } from '@slung/sdk-as/assembly'

    export function call(): i32 {
      for (let i = 0; i < 20_000; i++) {
        const value = history('AVG:temp:[]').or(i / 7.0)
        writeEvent('copy', i, value, ['a', 'größe=' + i.toString()])
        ws.send(i + 1, 'text')
        if (!http.post('http://localhost/', Json.object().set('value', value).toString()).ok) return 1
        log.info('line')
      }
      return 0
    }
  `)
  const { exports, host } = await startGuest(binary)
  const pagesBefore = exports.memory.buffer.byteLength

  expect(exports.call()).toBe(0)
  expect(host.effects.length).toBe(80_000)
  expect(exports.memory.buffer.byteLength).toBeLessThanOrEqual(pagesBefore + 65_536)
})

test('allocate gives separate, aligned memory, even for 0 bytes, and deallocate takes a Region back', async () => {
  const { binary } = await project.compile('export function call(): i32 { return 0 }')
  const { exports, host } = await startGuest(binary)

  const addresses = [0, 0, 1, 7, 100_000].map((size) => exports.allocate(size))
  expect(new Set(addresses).size).toBe(addresses.length)
  for (const address of addresses) expect(address % 8).toBe(0)

  const first = host.giveText('x'.repeat(100_000))
  const pages = exports.memory.buffer.byteLength
  exports.deallocate(first)
  for (let i = 0; i < 100; i++) exports.deallocate(host.giveText('x'.repeat(100_000)))
  expect(exports.memory.buffer.byteLength).toBe(pages)
})
