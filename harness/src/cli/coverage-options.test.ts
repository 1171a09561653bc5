import { expect, test } from 'vitest'
import { addCoverageOptions, readCoverageOptions, type CoverageFlags } from './coverage-options.ts'
import { createCommand } from './run-command.ts'

function read(...args: string[]): ReturnType<typeof readCoverageOptions> {
  const command = addCoverageOptions(createCommand('slung-test').option('--watch').option('--bail <count>'))
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
  return readCoverageOptions(command.parse(args, { from: 'user' }).opts<CoverageFlags & { watch?: boolean }>())
}

test('any coverage flag turns coverage on, and is removed from the other flags', () => {
  expect(read('--bail', '3')).toEqual({ coverage: null, others: { bail: '3' } })
  expect(read('--coverage', '--bail', '3')).toEqual({
    coverage: { directory: 'coverage', thresholds: {} },
    others: { bail: '3' },
  })
  expect(read('--coverage.dir', 'out')).toEqual({ coverage: { directory: 'out', thresholds: {} }, others: {} })
  expect(read('--coverage.thresholds', '80', '--coverage.thresholds.lines=72.5%')).toEqual({
    coverage: { directory: 'coverage', thresholds: { all: 80, lines: 72.5 } },
    others: {},
  })
  expect(read('--coverage.thresholds.functions', '0').coverage).toMatchObject({ thresholds: { functions: 0 } })
})

test.each(['101', '-1', '80.', 'all', ''])('a threshold of "%s" is refused', (value) => {
  expect(() => read(`--coverage.thresholds=${value}`)).toThrow(/expected a percentage from 0 to 100/)
})

test('coverage is refused while watching: a run that does not end has no summary', () => {
  expect(() => read('--coverage', '--watch')).toThrow(/^cannot measure coverage while watching/)
})
