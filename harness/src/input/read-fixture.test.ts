import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readFixture } from './read-fixture.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slung-fixture-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Why a fixture of these rows cannot be read, with the path of the file as `F`. */
async function problemOf(...rows: readonly string[]): Promise<string> {
  const file = join(folder, 'rows.csv')
  await writeFile(file, ['timestamp,series,value', ...rows, ''].join('\n'))
  const error: unknown = await readFixture({ csv: file }).catch((caught: unknown) => caught)
  expect(error).toMatchObject({ code: 'bad-fixture' })
  return (error as Error).message.replaceAll(/\S*rows\.csv/g, 'F')
}

test('every bad row is listed, and of many the first ones', async () => {
  expect(await problemOf('1,temp,1', '2,temp,x')).toBe('F:3: value "x" is not a number')
  expect(await problemOf('1,temp,x', '2,temp,1', 'soon,temp,1')).toMatch(
    /^F:2: value "x" is not a number\nF:4: timestamp "soon" is not a time, [^\n]*$/,
  )
  const lines = (await problemOf(...Array.from({ length: 1500 }, () => '1,temp,x'))).split('\n')
  expect(lines).toHaveLength(21)
  expect(lines.slice(-2)).toEqual(['F:21: value "x" is not a number', '… and 1,480 more rows'])
})

test('what has no end is refused as soon as it has no header', async () => {
  await expect(readFixture({ csv: '/dev/zero' })).rejects.toThrow(
    /^\S*zero:1: the record is longer than 1048576 bytes$/,
  )
})

test('a header that cannot be used is one problem', async () => {
  const file = join(folder, 'header.csv')
  await writeFile(file, 'when,what\n1,2\n3,4\n')
  await expect(readFixture({ csv: file })).rejects.toThrow(/^\S*header\.csv:1: [^\n]*$/)
})
