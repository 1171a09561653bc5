import { expect, test } from 'vitest'
import { BeginPace, beginsMax } from './begin-pace.ts'

test('an address may begin some recordings in any minute, whatever others do', () => {
  const pace = new BeginPace()
  for (let second = 0; second < beginsMax; second++) {
    expect(pace.waitMillis('a', second * 1000)).toBe(0)
    pace.note('a', second * 1000)
  }
  expect(pace.waitMillis('a', 20_000)).toBe(40_000)
  expect(pace.waitMillis('b', 20_000)).toBe(0)
  pace.note('b', 20_000)
  expect(pace.waitMillis('a', 60_000)).toBe(0)
  pace.note('a', 60_000)
  expect(pace.waitMillis('a', 60_500)).toBe(500)
  expect(pace.waitMillis('a', 200_000)).toBe(0)
})
