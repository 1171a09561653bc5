import { expect, test } from 'vitest'
import { timeUnits } from '../model/parse-timestamp.ts'
import { parseTimeUnit } from './time-unit.ts'

test('the four units are known by their names', () => {
  expect(timeUnits.map(parseTimeUnit)).toEqual(['s', 'ms', 'us', 'ns'])
})

test('an unknown unit is refused with what was probably meant', () => {
  const refusal = (text: string) => () => parseTimeUnit(text)
  expect(refusal('seconds')).toThrow('unknown time unit "seconds", expected s, ms, us, ns; did you mean s')
  expect(refusal('µs')).toThrow('did you mean us')
  expect(refusal('MS')).toThrow('did you mean ms')
  expect(refusal('fortnight')).toThrow(/ns$/)
  expect(refusal('')).toThrow(expect.objectContaining({ code: 'bad-time-unit' }))
})
