/** The pages of the documentation, taken apart into their code blocks. */
import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import MarkdownIt from 'markdown-it'

export const repository: string = fileURLToPath(new URL('../../', import.meta.url))

export interface Page {
  /** Relative to the repository, such as `docs/testing.md`. */
  readonly name: string
  /** What there is of a clone where the page begins, relative to the repository; `null` = nothing. */
  readonly startsIn: string | null
  /** The page whose files are there where this one begins, since it goes on in the same folder; `null` = none. */
  readonly continues: string | null
  readonly blocks: readonly Block[]
}

export interface Block {
  /** Such as `docs/testing.md:12`. */
  readonly place: string
  readonly language: string
  /** Where the block is to be written: the code span that is the whole paragraph above it. */
  readonly file: string | null
  readonly text: string
}

/** All pages of the site, and the README of the repository. */
export async function readPages(): Promise<Page[]> {
  const entries = await readdir(new URL('../', import.meta.url), { recursive: true })
  const names = entries.filter((name) => name.endsWith('.md') && !name.includes('node_modules')).sort()
  return ['README.md', ...names.map((name) => `docs/${name}`)].map(readPage)
}

export function readPage(name: string): Page {
  const text = readFileSync(`${repository}${name}`, 'utf8')
  const startsIn = /^<!-- clone with: (\S+) -->\n/.exec(text)?.[1] ?? null
  const continues = /^<!-- in the folder of: (\S+) -->\n/.exec(text)?.[1] ?? null
  return { name, startsIn, continues, blocks: readBlocks(text, name) }
}

/** Whether something is to be done with a block, where the page is followed; others are compiled, or only read. */
export function isFollowed({ file, language }: Block): boolean {
  return file !== null || language === 'sh' || language === 'console'
}

/** Whether a page begins with nothing, and installs what it needs. */
export function usesPublishedPackages({ blocks }: Page): boolean {
  return blocks.some(({ language, text }) => language === 'sh' && /\bnpm install\b/.test(text))
}

function readBlocks(markdown: string, name: string): Block[] {
  const tokens = new MarkdownIt({ html: true }).parse(markdown, {})
  return tokens.flatMap((token, index) => {
    if (token.type !== 'fence') return []
    // The paragraph above: opened, its text, closed.
    const inline = tokens[index - 1]?.type === 'paragraph_close' ? (tokens[index - 2]?.children ?? []) : []
    const file = inline.length === 1 && inline[0]?.type === 'code_inline' ? inline[0].content : null
    const language = token.info.trim()
    return [{ place: `${name}:${token.map![0] + 1}`, language, file, text: token.content }]
  })
}
