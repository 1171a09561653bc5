import { expect, test } from 'vitest'
import { damageStores } from './damage.ts'

test('a damaged store answers with the truth or with an error that names the damage, and ends no process', async () => {
  const report = await damageStores(7, 150, Infinity, () => {})

  expect(report.broken).toEqual([])
  expect([...report.outcomes.keys()].sort()).toEqual(['partly readable', 'refused', 'unharmed'])
})
