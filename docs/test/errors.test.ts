/** The list of error codes: every code is thrown somewhere, and the page has them all. */
import { errorCodes } from '@slung/runtime'
import { expect, test } from 'vitest'
import { readSources } from './imports.ts'
import { withTables } from './written-table.ts'

test.each(Object.keys(errorCodes))('%s is a code that some source uses', (code) => {
  const users = [...readSources()].filter(
    ([name, text]) => !name.endsWith('/slung-error-code.ts') && text.includes(`'${code}'`),
  )

  expect(users).not.toEqual([])
})

test('docs/errors.md has every code', async () => {
  const rows = Object.entries(errorCodes).map(([code, condition]) => [`\`${code}\``, condition])

  const { path, text } = await withTables('docs/errors.md', { 'error codes': [['code', 'what happened'], ...rows] })
  await expect(text).toMatchFileSnapshot(path)
})
