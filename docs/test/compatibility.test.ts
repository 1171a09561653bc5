/** The page about the shipping host: no difference gets lost, and each one names tests that exist. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { repository } from './pages.ts'

const page = readFileSync(new URL('../compatibility.md', import.meta.url), 'utf8')

/** Everything that the shipping host does differently from what its documentation says. */
const differences = [
  'The value of an Event',
  'The tags of an Event',
  'The producers of an Event',
  'Events that wait',
  'A range with one bound',
  'The range of a live query',
  'Commas between tags',
  'NOT between two tags',
  'A misspelt operator',
  'An answer of zero',
  'The reason of a refusal',
  'The text of a query',
  'Regions that point outside',
  'An Event after its handle is freed',
  'Values that are not numbers',
  'The order of tags',
  'A restart',
  'Clock and randomness',
  'HTTP status and time',
  'The end of a workflow',
  'The start of a workflow',
  'Several workflows',
  'Authentication',
  'The health page',
  'Writebacks in the client',
]

interface NamedTest {
  readonly file: string
  readonly name: string
}

/** A section of the second level, without its heading. */
function section(title: string): string {
  return page.split(/^## /m).find((text) => text.startsWith(`${title}\n`)) ?? ''
}

/** Links to test files, each followed by the name of a test: [`file`](../file) "name". */
function namedTests(text: string): NamedTest[] {
  return [...text.matchAll(/\[`([^`]+\.test\.ts)`\]\(\.\.\/([^)]+)\)\s+"([^"]+)"/g)].map(([, file, target, name]) => {
    expect(target).toBe(file)
    // The page is wrapped, so a name may be, too.
    return { file: file!, name: name!.replaceAll(/\s+/g, ' ') }
  })
}

/** Whether the file has a test of that name that runs: `test('name', …)`, or `test.each(…)('name', …)`. */
function hasTest({ file, name }: NamedTest): boolean {
  const source = readFileSync(`${repository}${file}`, 'utf8')
  return new RegExp(String.raw`(?:^test\(|^  test\(|^.*\)\()\s*(['"\x60])${RegExp.escape(name)}\1`, 'm').test(source)
}

const rows = section('Appendix A: every difference')
  .split(/^### /m)
  .slice(1)
  .map((text) => ({ title: text.split('\n')[0]!, text }))

const smaller = section('Appendix B: smaller differences')
  .split(/^- /m)
  .slice(1)
  .map((text) => ({ title: /^\*\*(.+?)\*\*/.exec(text)?.[1] ?? text, text }))

test('the page has every difference', () => {
  expect(rows.map(({ title }) => title)).toEqual(differences)
})

test('the table at the top has a row for each of them, which links to its section', () => {
  const links = [...section('What differs').matchAll(/^\| \[(.+?)\]\(#(.+?)\)/gm)].map(([, title, anchor]) => ({
    title,
    anchor,
  }))

  expect(links).toEqual(differences.map((title) => ({ title, anchor: title.toLowerCase().replaceAll(' ', '-') })))
})

test.each(rows)('$title: what they do, what is promised, what we do, and a test of it', ({ text }) => {
  for (const part of ['Shipping host', 'Documented', 'Here', 'Tests']) expect(text).toContain(`\n- **${part}:** `)
  expect(namedTests(text).length).toBeGreaterThan(0)
})

test.each([...rows, ...smaller])('$title: every test it names is there', ({ text }) => {
  const tests = namedTests(text)

  expect(tests.filter((named) => !hasTest(named))).toEqual([])
  // None is named in a form that this test does not check.
  expect(tests).toHaveLength(text.split('.test.ts`](').length - 1)
  expect(tests.length).toBeGreaterThan(0)
})
