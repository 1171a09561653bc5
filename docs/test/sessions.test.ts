/**
 * Every page, followed as a reader would: its files are written, its commands run, and what they print is what the page
 * shows. Pages that install the published packages are in `published.test.ts`; `.ci/fresh-clone` follows the README in
 * a fresh clone.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { linkModules } from '../../runtime/test/tools/link-modules.ts'
import { followPage, readerEnvironment } from './page-session.ts'
import { isFollowed, readPages, usesPublishedPackages } from './pages.ts'

const pages = (await readPages()).filter((page) => page.blocks.some(isFollowed) && !usesPublishedPackages(page))

let parent = ''
let modules = ''
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'slung-pages-'))
  modules = join(parent, 'modules')
  await linkModules(modules)
})
afterAll(() => rm(parent, { recursive: true }))

test.concurrent.each(pages)('$name does what it says', async (page) => {
  const blocks = page.blocks.filter(({ text }) => !text.startsWith('npm ci'))
  const environment = { ...readerEnvironment(), PATH: `${modules}/.bin:${process.env['PATH'] ?? ''}` }

  await expect(followPage({ ...page, blocks }, { parent, modules, environment })).resolves.toBeUndefined()
})
