/** The fixtures of an example, for tests of several examples. */
import type { FixtureInput } from '@slung/harness'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** What a fixture has no columns for. */
const columns: Record<string, Omit<FixtureInput, 'csv'>> = { 'ec2-cpu.csv': { series: 'cpu', tags: ['host=web-1'] } }

export function fixturesOf(example: string): (FixtureInput & { csv: string })[] {
  const folder = fileURLToPath(new URL(`${example}/fixtures/`, import.meta.url))
  const names = readdirSync(folder).filter((name) => name.endsWith('.csv'))
  return names.map((name) => ({ csv: folder + name, ...columns[name] }))
}
