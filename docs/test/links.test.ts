/** What Markdown links to in the repository is there; `site.test.ts` has the links between pages, and their headings. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { repository } from './pages.ts'

const exclude = ['**/node_modules/**', '**/target/**', '**/build/**', '**/.slung/**']
const names = globSync('**/*.md', { cwd: repository, exclude })

test.each(names)('the links of %s', (name) => {
  const text = readFileSync(join(repository, name), 'utf8').replaceAll(/^```.*?^```/gms, '')
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target.replace(/#.*/, ''))
  const missing = targets.filter(
    (target) => !/^(?:\w+:|$)/.test(target) && !existsSync(join(repository, dirname(name), target)),
  )

  expect(missing).toEqual([])
})
