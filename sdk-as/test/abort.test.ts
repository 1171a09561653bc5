/** How a workflow says why it stops: one line on stderr, then a trap with the workflow's own frames. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createGuestProject, type GuestProject, startGuest } from './guest-project.ts'

const optimised: readonly string[] = []
const unoptimised = ['--target', 'debug']

let project: GuestProject

beforeAll(async () => {
  project = await createGuestProject()
})

afterAll(async () => {
  await project[Symbol.asyncDispose]()
})

/** Runs `call`, which must trap; returns the trap and the lines on stderr. */
async function trap(source: string, flags: readonly string[]): Promise<{ error: Error; lines: string[] }> {
  const { binary } = await project.compile(source, flags)
  const { exports, host } = await startGuest(binary)
  let error: unknown
  try {
    exports.call()
  } catch (thrown) {
    error = thrown
  }
  expect(error).toBeInstanceOf(Error)
  return {
    error: error as Error,
    lines: host.effects.map((effect) => (effect.kind === 'log' ? effect.text : effect.kind)),
  }
}

test.each([
  ['optimised', optimised],
  ['unoptimised', unoptimised],
] as const)('a thrown error is reported with its place, %s', async (_name, flags) => {
  const { error, lines } = await trap(
    `export function call(): i32 {
  throw new Error('größer als 😀')
}`,
    flags,
  )

  expect(lines).toEqual([expect.stringMatching(/^abort: größer als 😀 at guest-\d+\.ts:2:3$/)])
  expect(error).toBeInstanceOf(WebAssembly.RuntimeError)
  expect(error.message).toBe('unreachable')
  expect(error.stack).toMatch(/guest-\d+\/call/)
})

test.each([
  ['optimised', optimised],
  ['unoptimised', unoptimised],
] as const)('an index out of range is reported with the library place, %s', async (_name, flags) => {
  const { lines } = await trap('export function call(): i32 { const list = [1]; list.pop(); return list[0] }', flags)

  expect(lines).toEqual([expect.stringMatching(/^abort: Index out of range at ~lib\/array\.ts:\d+:\d+$/)])
})

test('an assertion without a message is reported', async () => {
  const { lines } = await trap(
    'export function call(): i32 { const list = [1]; assert(list.length == 0); return 0 }',
    optimised,
  )

  expect(lines).toEqual([expect.stringMatching(/^abort: no message at guest-\d+\.ts:1:\d+$/)])
})

test('a message longer than the buffer is cut', async () => {
  const { lines } = await trap(
    `export function call(): i32 {
  throw new Error('ä'.repeat(5000))
}`,
    optimised,
  )

  expect(lines).toEqual([expect.stringMatching(/^abort: ä{500} at guest-\d+\.ts:2:3$/)])
})

test('a message is cut between two characters', async () => {
  const { lines } = await trap(
    `export function call(): i32 {
  throw new Error('x' + '😀'.repeat(5000))
}`,
    optimised,
  )

  expect(lines).toEqual([expect.stringMatching(/^abort: x(?:😀){249} at guest-\d+\.ts:2:3$/)])
})

test.each([
  ['optimised', optimised],
  ['unoptimised', unoptimised],
] as const)("AssemblyScript's own stack overflow is reported and does not recurse, %s", async (_name, flags) => {
  const { error, lines } = await trap(
    `class Node { next: Node | null = null }

function build(depth: i32): Node {
  const node = new Node()
  if (depth > 0) node.next = build(depth - 1)
  return node
}

export function call(): i32 {
  return build(1_000_000).next == null ? 1 : 0
}`,
    flags,
  )

  expect(error).toBeInstanceOf(WebAssembly.RuntimeError)
  expect(lines).toEqual(['abort: stack overflow'])
})
