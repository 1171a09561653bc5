import { expect, test } from 'vitest'
import { LogLimit } from './log-limit.ts'

test('a burst passes, a flood does not, and time makes room again', () => {
  let millis = 0
  const limit = new LogLimit({ elapsedMillis: () => millis })
  const passed = Array.from({ length: 5000 }, () => limit.admit()).filter(Boolean)
  expect(passed).toHaveLength(2000)
  expect(limit.takeDropped()).toBe(3000)
  expect(limit.takeDropped()).toBe(0)

  millis = 1000
  expect(Array.from({ length: 500 }, () => limit.admit()).filter(Boolean)).toHaveLength(200)
})
