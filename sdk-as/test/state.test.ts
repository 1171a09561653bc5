/** The state of compiled workflows on a `MockHost`: what they import, what comes back, and what does not compile. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createGuestProject, type GuestExports, type GuestProject, startGuest } from './guest-project.ts'

let project: GuestProject

beforeAll(async () => {
  project = await createGuestProject()
})

afterAll(async () => {
  await project[Symbol.asyncDispose]()
})

test('a workflow imports only what it does with its state, and goes on where an earlier run ended', async () => {
  const { binary, output } = await project.compile(`
    import { state } from '@slung/sdk-as/assembly'

    export function call(): i32 {
      const count = <i32>state.number('count', 0) + 1
      return state.set('count', count).ok ? count : -1
    }
  `)
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(binary)).map(({ name }) => name)
  expect(output).toBe('')
  expect(imports.filter((name) => name.startsWith('state_')).toSorted()).toEqual(['state_get', 'state_set'])

  const first = await startGuest(binary)
  const second = await startGuest(binary)
  first.host.state.set('count', Buffer.from('41'))
  expect(first.exports.call()).toBe(42)
  for (const [key, value] of first.host.state) second.host.state.set(key, value)
  expect(second.exports.call()).toBe(43)
})

test('any double that is set comes back with the same bits', async () => {
  const { binary } = await project.compile(`
    import { state } from '@slung/sdk-as/assembly'

    export function call(): i32 {
      return 0
    }

    export function remember(value: f64): f64 {
      return state.set('value', value).ok ? state.number('value') : NaN
    }
  `)
  const { exports } = await startGuest<GuestExports & { remember: (value: number) => number }>(binary)

  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(exports.remember(value)).toBe(value)
    }),
    { numRuns: 20_000, examples: [[-0], [0], [Number.MIN_VALUE], [Number.MAX_VALUE], [2 ** 53 + 2]] },
  )
})

test('setting and reading 100,000 times keeps the memory flat', async () => {
  const { binary } = await project.compile(`
    import { state } from '@slung/sdk-as/assembly'

    export function call(): i32 {
      const bytes = new Uint8Array(1000)
      for (let i = 0; i < 20_000; i++) {
        const key = 'device ' + (i % 20).toString()
        if (!state.set(key, i).ok || state.number(key) != i) return 1
        if (!state.setBytes(key, bytes).ok || state.getBytes(key)!.length != 1000) return 1
        if (!state.remove(key).ok) return 1
      }
      return 0
    }
  `)
  const { exports } = await startGuest(binary)
  const bytesBefore = exports.memory.buffer.byteLength

  expect(exports.call()).toBe(0)
  expect(exports.memory.buffer.byteLength).toBeLessThanOrEqual(bytesBefore + 65_536)
})

test.each(['[1, 2]', 'Json.object()', "state.get('other')"])(
  'a value such as %s does not compile, with a sentence that says what to do',
  async (value) => {
    const source = `
      import { Json, state } from '@slung/sdk-as/assembly'

      export function call(): i32 {
        return state.set('key', ${value}).ok ? 0 : 1
      }
    `

    await expect(project.compile(source)).rejects.toThrow(
      'state.set takes a string that is not null, a number or a bool; for a Json, pass its toString()',
    )
  },
)
