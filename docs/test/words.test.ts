/** One thing has one word on all pages. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readPages, repository } from './pages.ts'

const pages = await readPages()

test.each(pages)('$name says "directory", as the commands and their errors do', ({ name }) => {
  const text = readFileSync(`${repository}${name}`, 'utf8').replace(/<!--[^]*?-->/g, '')
  expect(text.match(/.*\bfolders?\b.*/gi) ?? []).toEqual([])
})
