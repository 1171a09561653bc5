// Keeps the tables of `docs/query-language.md` true: every warning and error they show occurs, in these words.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { formatQuery } from './format-query.ts'
import { parseQuery } from './parse-query.ts'

const page = readFileSync(new URL('../../../../docs/query-language.md', import.meta.url), 'utf8')
const section = (title: string): string => page.split(`\n## ${title}\n`)[1]!.split('\n## ')[0]!
// Queries that are abbreviated (…) or described in words are skipped.
const rows = (title: string): string[][] =>
  section(title)
    .split('\n')
    .filter((line) => line.startsWith('| `') && !/^\| `[^`]*…|^\| `[^`]*`,/.test(line))
    .map((line) => [...line.matchAll(/`([^`]*)`/g)].map((cell) => cell[1]!))

test.for(rows('Appendix B: warnings'))('the page shows the warning of %s', ([query, warning]) => {
  expect(parseQuery(query!).warnings).toEqual([warning])
})

test.for(rows('Appendix C: errors'))('the page shows the error of %s', ([query, problem, hint = null]) => {
  const message = expect.stringContaining(`cannot parse the query: ${problem}\n`)

  expect(() => parseQuery(query!)).toThrow(expect.objectContaining({ code: 'bad-query', message, hint }))
})

test.for(rows('Appendix D: canonical text'))('the page shows the canonical text of %s', ([query, canonical]) => {
  expect(formatQuery(parseQuery(query!))).toBe(canonical)
})

test('the page shows a whole message as it is', () => {
  const message = /```text\n(.*?)\n```/s.exec(section('Appendix C: errors'))?.[1]

  expect(message).toBeDefined()
  expect(() => parseQuery('AVG:temp:[host=a host=b]')).toThrow(expect.objectContaining({ message }))
})

test('the queries at the head of the page can be asked', () => {
  const queries = [...page.split('\n## ')[0]!.matchAll(/^\| `(.*?)` +\|/gm)].map((row) => row[1]!)

  expect(queries).toContain('COUNT:errors:[]')
  for (const query of queries) expect(parseQuery(query).warnings).toEqual([])
})
