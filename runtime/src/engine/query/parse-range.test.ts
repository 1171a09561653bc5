import { expect, test } from 'vitest'
import { timestampMicrosMax } from '../model/timestamp.ts'
import { parseQuery } from './parse-query.ts'
import type { TimeBound, TimeRange } from './query.ts'
import { hintForBound } from './range-hint.ts'

const now: TimeBound = { kind: 'now' }
const ago = (seconds: number): TimeBound => ({ kind: 'ago', micros: seconds * 1_000_000 })
const at = (timestamp: number): TimeBound => ({ kind: 'at', timestamp })

test('one bound means up to now', () => {
  expect(rangeOf('1h')).toEqual({ kind: 'range', first: ago(3600), second: now })
  expect(rangeOf('-5')).toEqual({ kind: 'range', first: at(-5), second: now })
  expect(rangeOf('now')).toEqual({ kind: 'range', first: now, second: now })
})

test('two bounds keep the order in which they are written', () => {
  expect(rangeOf(' NOW , 2d ')).toEqual({ kind: 'range', first: now, second: ago(172_800) })
  expect(rangeOf('1700000000000000,-1')).toEqual({ kind: 'range', first: at(1_700_000_000_000_000), second: at(-1) })
})

test.for([
  [1, 's', 'sec', 'secs', 'second', 'seconds'],
  [60, 'm', 'min', 'mins', 'minute', 'minutes'],
  [3600, 'h', 'hr', 'hrs', 'hour', 'hours'],
  [86_400, 'd', 'day', 'days'],
  [604_800, 'w', 'wk', 'wks', 'week', 'weeks'],
] as const)('%d seconds have the spellings %s, %s, %s, …', ([seconds, ...units]) => {
  for (const unit of units) {
    expect(rangeOf(`3${unit}`).first).toEqual(ago(3 * seconds))
    expect(rangeOf(`03 ${unit.toUpperCase()}`).first).toEqual(ago(3 * seconds))
  }
})

test('a duration may be zero, and a timestamp as large as any', () => {
  expect(rangeOf('0h').first).toEqual(ago(0))
  expect(rangeOf('-0').first).toEqual(at(0))
  expect(rangeOf(`${timestampMicrosMax},-${timestampMicrosMax}`)).toMatchObject({
    first: at(timestampMicrosMax),
    second: at(-timestampMicrosMax),
  })
})

test('a timestamp that looks like seconds or milliseconds earns a warning', () => {
  expect(parseQuery('AVG:x:[]:[1700000000]').warnings).toEqual([
    'the timestamp 1700000000 is read as microseconds, 1970-01-01T00:28:20Z; if it counts seconds, write 1700000000000000',
  ])
  expect(parseQuery('AVG:x:[]:[1700000000000,now]').warnings).toEqual([
    'the timestamp 1700000000000 is read as microseconds, 1970-01-20T16:13:20Z; ' +
      'if it counts milliseconds, write 1700000000000000',
  ])
  expect(parseQuery('AVG:x:[]:[0,1700000000000000]').warnings).toEqual([])
})

test.for([
  ['', 10, 'found no time', 'leave the range out for all time'],
  [' ', 11, 'found no time', 'leave the range out for all time'],
  ['1h,', 13, 'found no time', 'remove the comma, or add a time'],
  [',1h', 10, 'found no time', 'remove the comma, or add a time'],
  ['1,2,3', 13, 'found a third bound', null],
  ['now, 1mo', 15, 'found the time "1mo"', 'did you mean 30d'],
  ['2 years', 10, 'found the time "2 years"', 'did you mean 730d'],
  ['1.5y', 10, 'found the time "1.5y"', 'the longest unit is the week'],
  ['1.5h', 10, 'found the time "1.5h"', 'did you mean 90m'],
  ['0.33s', 10, 'found the time "0.33s"', 'write a whole number of a shorter unit'],
  ['500ms', 10, 'found the time "500ms"', 'the shortest unit is the second; for anything finer write timestamps'],
  ['5 µs', 10, 'found the time "5 µs"', 'the shortest unit is the second; for anything finer write timestamps'],
  ['-1h', 10, 'found the time "-1h"', 'did you mean 1h'],
  ['now-90m', 10, 'found the time "now-90m"', 'did you mean 90m'],
  ['1 day ago', 10, 'found the time "1 day ago"', 'did you mean 1d'],
  ['1h30m', 10, 'found the time "1h30m"', 'did you mean 90m'],
  ['3huors', 10, 'found the time "3huors"', 'did you mean 3hours'],
  ['h', 10, 'found the time "h"', 'did you mean 1h'],
  ['noww', 10, 'found the time "noww"', 'did you mean now'],
  ['1_000', 10, 'found the time "1_000"', 'write an integer with digits only'],
  ['1e15', 10, 'found the time "1e15"', 'write an integer with digits only'],
  ['+5', 10, 'found the time "+5"', 'write an integer with digits only'],
  ['2026-01-01T00:00:07.5Z', 10, 'found the time "2026-01-01T00:00:07.5Z"', 'did you mean 1767225607500000'],
  ['2026-01-01T01:00:00+01:00', 10, 'found the time "2026-01-01T01:00:00+01:00"', 'did you mean 1767225600000000'],
  ['2026-01-01', 10, 'found the time "2026-01-01"', 'did you mean 1767225600000000'],
  ['2026-13-01', 10, 'found the time "2026-13-01"', null],
  ['2026-01-01T00:00:00', 10, 'found the time "2026-01-01T00:00:00"', null],
  ['2026-01-01 00:00:07', 10, 'found the time "2026-01-01 00:00:07"', 'did you mean 1767225607000000'],
  ['5 parsecs', 10, 'found the time "5 parsecs"', null],
  ['yesterday', 10, 'found the time "yesterday"', null],
  ['9007199254740992', 10, 'timestamp "9007199254740992" is out of range', null],
  [
    '1700000000000000000',
    10,
    'timestamp "1700000000000000000" is out of range',
    'did you mean 1700000000000000: these look like nanoseconds',
  ],
  ['99999999w', 10, '"99999999w" is further back than timestamps reach', 'leave the range out for all time'],
] as const)('[%s] is refused with the place and the remedy', ([range, offset, problem, hint]) => {
  const message = expect.stringContaining(problem)

  expect(() => rangeOf(range)).toThrow(expect.objectContaining({ code: 'bad-query', offset, hint, message }))
})

test('what a hint proposes can be typed as it is', () => {
  const slips = [
    '1mo',
    '1.5h',
    '-1h',
    'now - 2d',
    '3 weeks ago',
    '1h 30m',
    '3huors',
    'H',
    'nwo',
    '2026-01-01',
    '1.5 wks',
  ]

  for (const slip of slips) {
    const proposal = /^did you mean (\S+)$/.exec(hintForBound(slip) ?? '')?.[1]
    expect(proposal).toBeDefined()
    expect(rangeOf(proposal!).second).toEqual(now)
  }
})

test('a range whose bracket is never closed is refused at the bracket', () => {
  const refusal = expect.objectContaining({ code: 'bad-query', offset: 9, hint: 'close it with ]' })

  expect(() => parseQuery('AVG:x:[]:[1h')).toThrow(refusal)
  expect(() => parseQuery('AVG:x:[]:[1h,[2h]')).toThrow(refusal)
})

function rangeOf(range: string): TimeRange {
  const parsed = parseQuery(`AVG:x:[]:[${range}]`).range
  expect(parsed).not.toBeNull()
  return parsed!
}

test('a bound full of blanks is read to its end', () => {
  expect(hintForBound(`1${' '.repeat(200_000)}x`)).toBeNull()
})
