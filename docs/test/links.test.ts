/**
 * Everything that Markdown links to in the repository exists, headings included, as GitHub names them. `site.test.ts`
 * checks the links between pages as the site names them.
 */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { repository } from './pages.ts'

const exclude = ['**/node_modules/**', '**/target/**', '**/build/**', '**/.slung/**']
const names = globSync('**/*.md', { cwd: repository, exclude })

test('the pages at the root are among them', () => {
  expect(names).toEqual(expect.arrayContaining(['README.md', 'CHANGELOG.md', 'SECURITY.md']))
})

test.each(names)('the links of %s', (name) => {
  const targets = [...readText(name).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
  const missing = targets.filter((target) => !/^\w+:/.test(target) && !isThere(name, target))

  expect(missing).toEqual([])
})

/** Without code blocks. */
function readText(name: string): string {
  return readFileSync(join(repository, name), 'utf8').replaceAll(/^```.*?^```/gms, '')
}

function isThere(from: string, target: string): boolean {
  const [path = '', fragment = ''] = target.split('#')
  const name = path === '' ? from : join(dirname(from), path)
  if (!existsSync(join(repository, name))) return false
  return fragment === '' || (name.endsWith('.md') && headingsOf(name).includes(fragment))
}

function headingsOf(name: string): string[] {
  return [...readText(name).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
