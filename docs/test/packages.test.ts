/** What is in our packages, as `npm pack` makes them. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packPackages } from './packed-packages.ts'
import { doorsOf, unexportedTypes } from './public-types.ts'

let parent = ''
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'slung-packages-'))
  const packed = await packPackages(join(parent, 'tarballs', 'of', 'today'))
  for (const { name, filename } of packed) {
    await mkdir(join(parent, name), { recursive: true })
    const tarball = join(parent, 'tarballs', 'of', 'today', filename)
    await promisify(execFile)('tar', ['-xzf', tarball, '-C', join(parent, name), '--strip-components=1'])
  }
})
afterAll(() => rm(parent, { recursive: true }))

const names = ['@slung/runtime', '@slung/harness', '@slung/sdk-as']

test.each(names)('%s exports each type that its own types mention', (name) => {
  expect(unexportedTypes(doorsOf(join(parent, name)))).toEqual([])
})

test.each(names)('%s has the source of each line that its source maps name', async (name) => {
  const folder = join(parent, name)
  const missing: string[] = []
  for (const path of await readdir(folder, { recursive: true })) {
    const file = join(folder, path)
    if (path.endsWith('.map')) {
      const map = JSON.parse(await readFile(file, 'utf8')) as { sources: string[]; sourcesContent?: (string | null)[] }
      map.sources.forEach((source, index) => {
        const content = map.sourcesContent?.[index] ?? null
        if (content === null && !existsSync(resolve(dirname(file), source))) missing.push(`${path}: ${source}`)
      })
    } else if (/\.(?:js|ts)$/.test(path)) {
      const [, map] = /^\/\/# sourceMappingURL=(.*)$/m.exec(await readFile(file, 'utf8')) ?? []
      if (map !== undefined && !existsSync(resolve(dirname(file), map))) missing.push(`${path}: ${map}`)
    }
  }
  expect(missing).toEqual([])
})

test.each(names)('%s says what it is, and has its licence', async (name) => {
  const folder = join(parent, name)
  const described = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>
  expect(described).toMatchObject({
    description: expect.stringMatching(/.{20,}/) as string,
    license: 'Apache-2.0',
    keywords: expect.arrayContaining(['slung', 'webassembly', 'workflow']) as string[],
  })
  expect(await readdir(folder)).toEqual(expect.arrayContaining(['README.md', 'LICENSE']))
})

test('a type that is mentioned and not exported is found, wherever it comes from', async () => {
  const folder = join(parent, 'example')
  await mkdir(folder)
  const files = {
    'index.d.ts': `export { open, type Opened } from './open.ts';\n`,
    'open.d.ts': `import type { Settings } from './settings.ts';
interface Options { readonly settings: Settings; }
/** Not the Hidden one. */
export declare function open(options: Options): Opened;
export interface Opened { close(): Settings; }\n`,
    'settings.d.ts': `export interface Settings { readonly name: string; }\n`,
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  expect(unexportedTypes([join(folder, 'index.d.ts')])).toEqual([
    `Options, mentioned by open of ${join(folder, 'open.d.ts')}`,
    `Settings, mentioned by Opened of ${join(folder, 'open.d.ts')}`,
  ])
})
