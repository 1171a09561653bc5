import { expect, test } from 'vitest'
import { SlungError } from '../model/slung-error.ts'
import { timestampMicrosMax } from '../model/timestamp.ts'
import { parseQuery } from '../query/parse-query.ts'
import { planLiveRange, type LiveRange } from './live-range.ts'

const now = 1000
const plan = (range: string): LiveRange => planLiveRange(parseQuery(`AVG:temp:[]${range}`).range, now)
const rolling = (seconds: number): LiveRange => ({ kind: 'rolling', widthMicros: seconds * 1_000_000 })
const fixed = (start: number, end: number): LiveRange => ({ kind: 'fixed', span: { start, end } })

test('without a range, it runs', () => {
  expect(plan('')).toEqual({ kind: 'running' })
})

test('a duration up to now rolls, in either order', () => {
  expect(plan(':[1h]')).toEqual(rolling(3600))
  expect(plan(':[now,2s]')).toEqual(rolling(2))
})

test('now alone is a window of width 0', () => {
  expect(plan(':[now]')).toEqual(rolling(0))
  expect(plan(':[now,now]')).toEqual(rolling(0))
})

test('zero time ago means now, at either end', () => {
  expect(plan(':[0s]')).toEqual(rolling(0))
  expect(plan(':[0s,0h]')).toEqual(rolling(0))
  expect(plan(':[1h,0s]')).toEqual(rolling(3600))
  expect(plan(':[0s,1h]')).toEqual(rolling(3600))
  expect(plan(':[500,0s]')).toEqual(plan(':[500,now]'))
})

test('two timestamps stay where they are, in either order', () => {
  expect(plan(':[200,400]')).toEqual(fixed(200, 400))
  expect(plan(':[400,200]')).toEqual(fixed(200, 400))
})

test('a past timestamp, up to the present moment, opens an endless span', () => {
  expect(plan(':[-5]')).toEqual(fixed(-5, timestampMicrosMax))
  expect(plan(':[now,1000]')).toEqual(fixed(1000, timestampMicrosMax))
})

test('a future timestamp ends a span that begins now', () => {
  expect(plan(':[1001,now]')).toEqual(fixed(1000, 1001))
  expect(plan(':[now,5000]')).toEqual(fixed(1000, 5000))
})

test.each([':[2h,1h]', ':[1h,1h]', ':[1h,500]', ':[5000,1h]'])(
  '%s is refused, because its ends would move',
  (range) => {
    expect(() => plan(range)).toThrow(SlungError)
    expect(() => plan(range)).toThrow(/must end now/)
  },
)
