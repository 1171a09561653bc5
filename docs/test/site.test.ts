/** The site as `npm run docs` builds it: every page exists and can be found, and no link is dead. */
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readPages } from './pages.ts'

const run = promisify(execFile)
const docs = fileURLToPath(new URL('../', import.meta.url))
const vitepress = fileURLToPath(new URL('../../node_modules/vitepress/bin/vitepress.js', import.meta.url))
const names = (await readPages()).map(({ name }) => name).filter((name) => name.startsWith('docs/'))

let site = ''
/** The HTML of each page of the site, by its path, such as `/formats/store.html`. */
const html = new Map<string, string>()

beforeAll(async () => {
  site = await mkdtemp(join(tmpdir(), 'slung-site-'))
  // Links to missing pages make it fail.
  await run(process.execPath, [vitepress, 'build', '--outDir', site], { cwd: docs })
  for (const name of names) {
    const path = name.replace(/^docs/, '').replace(/\.md$/, '.html')
    html.set(path, await readFile(join(site, path), 'utf8'))
  }
})
afterAll(() => rm(site, { recursive: true }))

interface Link {
  readonly from: string
  readonly path: string
  readonly fragment: string
}

/** Within the site, resolved. */
function linksOf(from: string, text: string): Link[] {
  return [...text.matchAll(/<a\b[^>]*? href="([^"]+)"/g)].flatMap(([, href = '']) => {
    const { origin, pathname, hash } = new URL(href, `http://site${from}`)
    const path = pathname.endsWith('/') ? `${pathname}index.html` : pathname
    return origin === 'http://site' ? [{ from, path, fragment: decodeURIComponent(hash.slice(1)) }] : []
  })
}

test('every link leads to a page, and to a heading that it has', () => {
  const links = [...html].flatMap(([from, text]) => linksOf(from, text))
  const isDead = ({ path, fragment }: Link): boolean =>
    fragment === '' ? !html.has(path) : html.get(path)?.includes(` id="${fragment}"`) !== true

  expect(links.filter(isDead)).toEqual([])
  expect(links.length).toBeGreaterThan(html.size)
})

test('the navigation of the first page has every page', () => {
  const linked = new Set(linksOf('/index.html', html.get('/index.html')!).map(({ path }) => path))

  expect([...html.keys()].filter((path) => !linked.has(path))).toEqual([])
})

test('the search finds every page', async () => {
  const files = await readdir(join(site, 'assets/chunks'))
  const index = await readFile(
    join(
      site,
      'assets/chunks',
      files.find((name) => name.includes('localSearchIndex'))!,
    ),
    'utf8',
  )

  // As the search addresses them: the overview is `/`.
  const pages = [...html.keys()].map((path) => path.replace('index.html', ''))
  expect(pages.filter((path) => !index.includes(`"${path}#`))).toEqual([])
})
