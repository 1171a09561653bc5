/** Tables of the pages that are made from the code. `vitest -u` writes them into the page; without it, a test fails when they differ. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { repository } from './pages.ts'

/**
 * A page with these tables, each between the comments `NAME` and `end of NAME`.
 *
 * @param page - from the repository's root
 * @param tables - by name: the head, then the rows, each with its cells
 * @returns the file, and what it should contain
 */
export async function withTables(
  page: string,
  tables: Readonly<Record<string, readonly (readonly string[])[]>>,
): Promise<{ path: string; text: string }> {
  const path = join(repository, page)
  let text = readFileSync(path, 'utf8')
  for (const [name, [head = [], ...rows]] of Object.entries(tables)) {
    const [begin, end] = [`<!-- ${name} -->\n`, `<!-- end of ${name} -->`]
    const [before, rest] = text.split(begin)
    const after = rest?.split(end)[1]
    if (after === undefined) throw new Error(`${page} has no place for the table "${name}"`)
    const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`)
    text = `${before}${begin}\n${lines.join('')}\n${end}${after}`
  }

  return { path, text: await format(text, { ...(await resolveConfig(path)), parser: 'markdown' }) }
}
