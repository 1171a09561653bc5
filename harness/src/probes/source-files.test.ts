import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { findSource } from './source-files.ts'

const folder = await mkdtemp(join(tmpdir(), 'slung-sources-'))
afterAll(() => rm(folder, { recursive: true }))
const build = join(folder, 'flow', 'build')
const files: Readonly<Record<string, string>> = {
  'flow/assembly/index.ts': 'of the flow',
  'flow/build/rooted/assembly/index.ts': 'of the root',
  'assembly/index.ts': 'of another',
  'assembly/shared.ts': 'shared',
}
for (const [path, text] of Object.entries(files)) {
  const file = join(folder, path)
  await mkdir(join(file, '..'), { recursive: true })
  await writeFile(file, text)
}

function find(name: string, content: string | null, sourceRoot: string = ''): string {
  return findSource({ name, content }, sourceRoot, build)
}

test('a source is where the map says, below its root', () => {
  expect(find('assembly/index.ts', 'of the root', 'rooted')).toBe(join(build, 'rooted/assembly/index.ts'))
  expect(find('../assembly/index.ts', null)).toBe(join(folder, 'flow/assembly/index.ts'))
  expect(find('index.ts', null, pathToFileURL(join(folder, 'assembly')).href)).toBe(join(folder, 'assembly/index.ts'))
  expect(find(pathToFileURL(join(folder, 'assembly/shared.ts')).href, null, 'rooted')).toBe(
    join(folder, 'assembly/shared.ts'),
  )
  expect(find(join(folder, 'assembly/shared.ts'), null, 'rooted')).toBe(join(folder, 'assembly/shared.ts'))
})

test('or above the module, where the compiler was started', () => {
  expect(find('assembly/shared.ts', 'shared', './flow')).toBe(join(folder, 'assembly/shared.ts'))
})

test('of several, it is the one with the text that was compiled, or else the nearest', () => {
  expect(find('assembly/index.ts', 'of another', './flow')).toBe(join(folder, 'assembly/index.ts'))
  expect(find('assembly/index.ts', 'edited since then', './flow')).toBe(join(folder, 'flow/assembly/index.ts'))
})

test('a missing source keeps the place in the map', () => {
  expect(find('gone.ts', 'x', './flow')).toBe(join(build, 'flow/gone.ts'))
})
