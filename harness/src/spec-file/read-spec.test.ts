import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { packSpec, readSpecFile, unpackSpec } from './read-spec.ts'

const text = `workflow: flow.wasm
input: rows.csv
tests:
  - name: writes once
    expect: [{ http: POST http://localhost/alert, json: { __proto__: 1, value: -0 } }]
`

async function specFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slung-spec-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'a.slung.yaml')
  await writeFile(file, text)
  return file
}

test('the same text is parsed once, under any name', async () => {
  const file = await specFile()
  const spec = await readSpecFile(file)
  const renamed = await readSpecFile(file, 'a.slung.yaml')

  expect(await readSpecFile(file)).toBe(spec)
  expect(renamed.file).toBe('a.slung.yaml')
  expect(renamed.tests).toBe(spec.tests)
})

test('a file that changed is parsed again', async () => {
  const file = await specFile()
  await readSpecFile(file)
  await writeFile(file, text.replace('writes once', 'writes twice'))

  expect((await readSpecFile(file)).tests[0]!.name).toBe('writes twice')
})

test.each(['test/specs/passing.slung.yaml', 'test/specs/failing.slung.yaml', 'test/output/failing.slung.yaml'])(
  '%s comes out of its packed text as it was',
  async (path) => {
    const spec = await readSpecFile(resolve(import.meta.dirname, '../..', path))
    expect(unpackSpec(packSpec(spec))).toStrictEqual(spec)
  },
)

test('a packed spec keeps the digits of numbers', async () => {
  const file = await specFile()
  await writeFile(file, text.replace('value: -0', 'value: [0x20000000000001, 1e400], 9007199254740993: 1'))
  const { writeback } = unpackSpec(packSpec(await readSpecFile(file))).tests[0]!.expectations![0]!

  expect(JSON.stringify(writeback)).toContain(
    '"json":{"__proto__":1,"value":[9007199254740993,1e400],"9007199254740993":1}',
  )
})

test('a packed spec keeps -0 and a key "__proto__", and comes out frozen', async () => {
  const spec = await readSpecFile(await specFile())
  const unpacked = unpackSpec(packSpec(spec))

  expect(unpacked).toStrictEqual(spec)
  expect(Object.isFrozen(unpacked.tests[0]!.expectations)).toBe(true)
})
