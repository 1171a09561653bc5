import { expect, test } from 'vitest'
import { formatDifference } from './format-difference.ts'
import { createTimePrinter } from './time-printer.ts'

const times = createTimePrinter([0, 60_000_000])

/** A difference in `path`, printed. */
function format(path: string, expected: unknown, actual: unknown, note: string | null = null): string {
  return formatDifference({ path, expected, actual, note }, times)
}

test('a difference names its path, what was expected and what came', () => {
  expect(format('json.value', '<101.5+-0.1>', 101.7)).toBe('json.value: expected <101.5 ±0.1>, got 101.7')
  expect(format('json.items[1]', { id: 1 }, undefined)).toBe('json.items[1]: expected {"id":1}, got nothing')
  expect(format('json.extra', undefined, '')).toBe('json.extra: expected nothing, got ""')
  expect(format('http', 'GET https://a.example', 'POST https://a.example')).toBe(
    'http: expected GET https://a.example, got POST https://a.example',
  )
  expect(format('ws', 'edge-b', 7)).toBe('ws: expected edge-b, got 7')
  expect(format('text', expect.stringMatching(/^ALERT/), 'calm')).toBe('text: expected StringMatching, got "calm"')
})

test('times are printed as times', () => {
  expect(format('at', 7_000_000, 8_000_000, '1s late')).toBe('at: expected 00:00:07, got 00:00:08 (1s late)')
  expect(format('timestamp', 7_000_000, 90_000_000)).toBe('timestamp: expected 00:00:07, got 00:01:30')
})

test('long texts are shown from where they begin to differ', () => {
  const common = 'the quick brown fox jumps over the lazy dog '.repeat(4)
  expect(format('text', `${common}and sleeps`, `${common}and eats`)).toBe(
    'text: from character 181 on expected …"er the lazy dog and sleeps", got …"er the lazy dog and eats"',
  )
  expect(format('text', 'a'.repeat(100), 'b')).toBe(`text: expected "${'a'.repeat(79)}… (22 more), got "b"`)
})
