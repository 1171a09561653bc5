import { expect, test } from 'vitest'
import { LogLimit } from './log-limit.ts'

test('a burst passes, a flood does not, and time makes room again', () => {
  const limit = new LogLimit(0)
  const passed = Array.from({ length: 5000 }, () => limit.admit(0)).filter(Boolean)
  expect(passed).toHaveLength(2000)
  expect(limit.takeDropped()).toBe(3000)
  expect(limit.takeDropped()).toBe(0)

  expect(Array.from({ length: 500 }, () => limit.admit(1000)).filter(Boolean)).toHaveLength(200)
})
