import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import binaryen from 'assemblyscript/binaryen'
import { afterAll, expect, test } from 'vitest'
import { encodeUnsigned, readWasmBinary } from '@slung/runtime'
import { countHits, coverageOf, loadCoveredGuest } from './covered-guests.ts'
import { firstInstruction } from './instructions.ts'

const folder = await mkdtemp(join(tmpdir(), 'slung-covered-'))
afterAll(() => rm(folder, { recursive: true }))

/** A workflow whose `call` has this body, with a source map that says it is all from line 5 of `flow.ts`. */
async function writeWorkflow(name: string, body: string): Promise<string> {
  const module = binaryen.parseText(`(module (memory 1) (export "memory" (memory 0))
    (func $flow/call (export "call") (result i32) ${body} (i32.const 0))
    (func (export "allocate") (param i32) (result i32) (i32.const 1024))
    (func (export "deallocate") (param i32)))`)
  module.setFeatures(binaryen.Features.All)
  binaryen.setDebugInfo(true)
  const bytes = module.emitBinary()
  binaryen.setDebugInfo(false)
  module.dispose()
  const [call] = readWasmBinary(bytes).bodyOffsets
  const map = { version: 3, sources: ['flow.ts'], names: [], mappings: `${vlq(firstInstruction(bytes, call!))}AIA` }
  const url = `data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`
  const payload = [...named('sourceMappingURL'), ...named(url)]
  const file = join(folder, name)
  await writeFile(file, Buffer.concat([bytes, Buffer.from([0, ...encodeUnsigned(payload.length), ...payload])]))
  return file
}

function named(text: string): number[] {
  return [...encodeUnsigned(text.length), ...Buffer.from(text)]
}

/** A positive number of a source map. */
function vlq(value: number): string {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  let rest = value * 2
  let text = ''
  for (; rest >= 32; rest >>= 5) text += digits[(rest & 31) + 32]
  return text + digits[rest]
}

test('what is counted in a workflow does not depend on the process that loads it', async () => {
  const file = await writeWorkflow('plain.wasm', '(drop (i32.const 1))')
  const [one, other] = await Promise.all([loadCoveredGuest(file), loadCoveredGuest(file)])
  const place = { file: join(folder, 'flow.ts'), line: 5 }
  expect(coverageOf(one)).toEqual(coverageOf(other))
  expect(coverageOf(one)).toMatchObject({
    file: { workflow: file, functions: [{ name: 'call', place }], lines: [place], branches: [] },
    targets: [0, 1],
  })
})

test('a workflow with an unknown instruction runs without probes', async () => {
  const file = await writeWorkflow('odd.wasm', '(drop (ref.i31 (i32.const 1)))')
  const guest = await loadCoveredGuest(file)
  expect(guest.report.problems).toEqual([])
  expect(coverageOf(guest)).toEqual({
    withoutProbes: expect.stringMatching(
      /^cannot measure the coverage of workflow ".*odd\.wasm": the instruction 0xfb at byte \d+ is not known here$/,
    ),
  })
})

test('a file that is not a workflow is refused as usual', async () => {
  const file = join(folder, 'none.wasm')
  await writeFile(file, 'nothing')
  await expect(loadCoveredGuest(file)).rejects.toMatchObject({ code: 'bad-module' })
})

test('probes of a function and of a branch add up; those of a line count its parts', () => {
  const functions = [{ name: 'generic', place: null }]
  const lines = [
    { file: '/a.ts', line: 1 },
    { file: '/a.ts', line: 2 },
  ]
  const file = { workflow: '/a.wasm', functions, lines, branches: [{ file: '/a.ts', line: 1 }] }
  const covered = { key: 'k', file, targets: [0, 1, 1, 0, 2, 3, 4, 3, 4] }
  expect(countHits(covered, Uint32Array.of(3, 3, 1, 2, 0, 6, 2, 1, 1))).toEqual({
    functions: [5],
    lines: [3, 0],
    branches: [4, 3],
  })
})
