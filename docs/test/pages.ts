/** The pages of the documentation, split into their code blocks. */
import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import MarkdownIt from 'markdown-it'

export const repository: string = fileURLToPath(new URL('../../', import.meta.url))

export interface Page {
  /** Relative to the repository, such as `docs/testing.md`. */
  readonly name: string
  /** The part of a clone that the page starts with, relative to the repository; `null` = nothing. */
  readonly startsIn: string | null
  /** The page whose files this one starts with, since it continues in the same folder; `null` = none. */
  readonly continues: string | null
  readonly blocks: readonly Block[]
}

export interface Block {
  /** Such as `docs/testing.md:12`. */
  readonly place: string
  readonly language: string
  /** The file to write the block to: the code span that makes up the whole paragraph above it. */
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

/** Whether following the page does something with a block; others are compiled, or only read. */
export function isFollowed({ file, language }: Block): boolean {
  return file !== null || language === 'sh' || language === 'console'
}

/** Whether a page starts from nothing and installs what it needs. */
export function usesPublishedPackages({ blocks }: Page): boolean {
  return blocks.some(({ language, text }) => language === 'sh' && /\bnpm install\b/.test(text))
}

function readBlocks(markdown: string, name: string): Block[] {
  const tokens = new MarkdownIt({ html: true }).parse(markdown, {})
  return tokens.flatMap((token, index) => {
    if (token.type !== 'fence') return []
    // The tokens of the paragraph above: opening, text, closing.
    const inline = tokens[index - 1]?.type === 'paragraph_close' ? (tokens[index - 2]?.children ?? []) : []
    const file = inline.length === 1 && inline[0]?.type === 'code_inline' ? inline[0].content : null
    const language = token.info.trim()
    return [{ place: `${name}:${token.map![0] + 1}`, language, file, text: token.content }]
  })
}
