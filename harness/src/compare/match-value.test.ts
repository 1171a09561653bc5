import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseJson } from '@slung/runtime'
import { matchValue } from './match-value.ts'

const subset = { path: 'json', exact: false }
const exact = { path: 'json', exact: true }

test('an object matches as a subset at every depth, unless it must match exactly', () => {
  const expected = { alert: { level: 'high' } }
  const actual = { alert: { level: 'high', value: 101.5 }, sensor: 1 }
  expect(matchValue(expected, actual, subset)).toEqual([])
  expect(matchValue(expected, actual, exact)).toEqual([
    { path: 'json.alert.value', expected: undefined, actual: 101.5, note: null },
    { path: 'json.sensor', expected: undefined, actual: 1, note: null },
  ])
})

test('every difference is reported, with its path', () => {
  const expected = { level: 'high', 'odd key': 1, items: [{ id: 1 }, { id: 2 }], gone: null }
  const actual = { level: 'low', 'odd key': '1', items: [{ id: 1 }, { id: 3 }] }
  expect(matchValue(expected, actual, subset)).toEqual([
    { path: 'json.level', expected: 'high', actual: 'low', note: null },
    { path: 'json["odd key"]', expected: 1, actual: '1', note: null },
    { path: 'json.items[1].id', expected: 2, actual: 3, note: null },
    { path: 'json.gone', expected: null, actual: undefined, note: null },
  ])
})

test('arrays match element by element and in length', () => {
  expect(matchValue([1, '<number>'], [1, 2], subset)).toEqual([])
  expect(matchValue([1, 2], [1], subset)).toEqual([{ path: 'json[1]', expected: 2, actual: undefined, note: null }])
  expect(matchValue([1], [1, 2], subset)).toEqual([{ path: 'json[1]', expected: undefined, actual: 2, note: null }])
  expect(matchValue([], {}, subset)).toEqual([{ path: 'json', expected: [], actual: {}, note: null }])
})

test('placeholders stand for any scalar', () => {
  const expected = { value: '<101.5 ±0.1>', sensor: '</^s\\d$/>', at: '<any>' }
  expect(matchValue(expected, { value: 101.6, sensor: 's1', at: null }, subset)).toEqual([])
  expect(matchValue(expected, { value: 101.7, sensor: 's1', at: null }, subset)).toEqual([
    { path: 'json.value', expected: '<101.5 ±0.1>', actual: 101.7, note: null },
  ])
})

test('a difference of nearly equal numbers suggests the placeholder that allows it', () => {
  expect(matchValue(0.3, 0.1 + 0.2, { path: 'value', exact: false })).toEqual([
    {
      path: 'value',
      expected: 0.3,
      actual: 0.30000000000000004,
      note: 'they differ by 5.6e-17 only; <0.3 ±1e-9> allows that',
    },
  ])
  expect(matchValue(0, -0, subset)).toEqual([])
})

test('numbers are the same when they are written alike, even where no double holds them', () => {
  const match = (expected: string, actual: string): number =>
    matchValue(parseJson(expected), parseJson(actual), exact).length

  expect(match('{"id":9007199254740993}', '{"id":9007199254740993}')).toBe(0)
  expect(match('{"id":9007199254740992}', '{"id":9007199254740993}')).toBe(1)
  expect(match('[1e400]', '[1e400]')).toBe(0)
  expect(match('[1e400]', '[1e401]')).toBe(1)
  expect(match('[null]', '[1e400]')).toBe(1)
  expect(match('[{}]', '[9007199254740993]')).toBe(1)
  expect(match('[9007199254740993]', '[{}]')).toBe(1)
  expect(match('["<number>","<any>","<9e15 ±1e15>"]', '[9007199254740993,1e400,9007199254740993]')).toBe(0)
})

test('a bigint expects an integer of JSON', () => {
  const actual = parseJson('{"id":9007199254740993,"count":5}')

  expect(matchValue({ id: 9007199254740993n, count: 5n }, actual, exact)).toEqual([])
  expect(matchValue({ id: 9007199254740992n }, actual, subset)).toHaveLength(1)
  // eslint-disable-next-line no-loss-of-precision -- what JavaScript makes of it is not what came
  expect(matchValue({ id: 9007199254740993 }, actual, subset)).toHaveLength(1)
})

test('asymmetric matchers take numbers that no double holds', () => {
  const actual = parseJson('{"id":9007199254740993,"share":0.123456789012345678}')

  expect(matchValue({ id: expect.any(Number), share: expect.closeTo(0.1234, 3) }, actual, exact)).toEqual([])
  expect(matchValue(expect.objectContaining({ id: expect.any(Number) }), actual, exact)).toEqual([])
  expect(matchValue(expect.objectContaining({ id: 9007199254740992 }), actual, exact)).toHaveLength(1)
})

test('fractions that are the same double differ by what a tolerance allows', () => {
  const [difference] = matchValue(0.1, parseJson('0.10000000000000001'), subset)

  expect(difference?.note).toBe('they differ in digits that no double has; <0.1 ±1e-10> allows that')
})

test('the suggested tolerance always works', () => {
  fc.assert(
    fc.property(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer({ min: 1, max: 1000 }),
      (value, ulps) => {
        const actual = value * (1 + ulps * Number.EPSILON)
        const note = matchValue(value, actual, subset)[0]?.note ?? '<any>'
        expect(matchValue(/<.*>/.exec(note)?.[0], actual, subset)).toEqual([])
      },
    ),
  )
})

test('asymmetric matchers apply', () => {
  expect(matchValue({ value: expect.any(Number) as unknown }, { value: 1 }, subset)).toEqual([])
  expect(matchValue({ value: expect.any(Number) as unknown }, { value: 'x' }, subset)).toHaveLength(1)
})

test('an expected object that is not plain is refused, because it would match anything', () => {
  expect(() => matchValue({ text: /alert/ }, { text: 'calm' }, subset)).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: cannot compare "json.text" with a RegExp: expected values are JSON, placeholders such as "</regex/>" or asymmetric matchers]`,
  )
})

test('every JSON value matches itself, exactly', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: fc.constantFrom('a', 'b', '"', '[', ' ') }), (value) => {
      expect(matchValue(value, JSON.parse(JSON.stringify(value)), exact)).toEqual([])
    }),
  )
})

test('an object without one of its keys matches the whole as a subset, and differs in that key when exact', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.integer(), { minKeys: 1 }), (whole) => {
      const [key, ...rest] = Object.keys(whole)
      const part = Object.fromEntries(rest.map((name) => [name, whole[name]]))
      expect(matchValue(part, whole, subset)).toEqual([])
      expect(matchValue(part, whole, exact).map((difference) => difference.path)).toEqual([`json.${key}`])
      expect(matchValue(whole, part, subset).map((difference) => difference.path)).toEqual([`json.${key}`])
    }),
  )
})
