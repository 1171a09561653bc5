import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isSameNumber, mapScalars, parseJson, parseWrittenNumber, WrittenNumber } from './json.ts'

test.each([
  '9007199254740993',
  '-9007199254740993',
  '123456789012345678901234567890',
  '1767225600123456789',
  '1e400',
  '-1e400',
  '1e-400',
  '0.123456789012345678',
  '12345678901234567.89',
])('%s stays as it is written', (text) => {
  const value = parseJson(`{"a":[${text}]}`) as { a: [WrittenNumber] }

  expect(value.a[0]).toBeInstanceOf(WrittenNumber)
  expect(String(value.a[0])).toBe(text)
  expect(JSON.stringify(value)).toBe(`{"a":[${text}]}`)
})

test.each(['1.0', '1e3', '9007199254740992', '1767225600000000', '0.1', '-0', '1.7976931348623157e308', '5e-324'])(
  '%s is a plain number',
  (text) => {
    expect(parseJson(text)).toBe(JSON.parse(text))
  },
)

test('everything else is what JSON.parse makes of it', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parseJson(text)).toEqual(JSON.parse(text))
    }),
  )
  const proto = '{"__proto__":{"a":9007199254740993}}'
  expect(JSON.stringify(parseJson(proto))).toBe(proto)
  expect(() => parseJson('{"a":9007199254740993')).toThrow(SyntaxError)
})

test('law: whatever its digits, a number is printed as the number that was read', () => {
  const digits = fc.stringMatching(/^-?(0|[1-9]\d{0,30})(\.\d{1,30})?(e[+-]?\d{1,3})?$/)
  fc.assert(
    fc.property(digits, (text) => {
      expect(isSameNumber(parseJson(text) as number, new WrittenNumber(text))).toBe(true)
      const printed = JSON.stringify(parseJson(text))
      expect(isSameNumber(new WrittenNumber(printed), new WrittenNumber(text))).toBe(true)
    }),
    { numRuns: 1000 },
  )
})

test('numbers are the same when they are the same in decimals', () => {
  const same = (one: string, other: string): boolean => isSameNumber(parseWrittenNumber(one), parseWrittenNumber(other))

  expect(same('9007199254740993', '9007199254740992')).toBe(false)
  expect(same('9007199254740993', '9007199254740993.0')).toBe(true)
  expect(same('1e400', '10E399')).toBe(true)
  expect(same('1e400', '1e401')).toBe(false)
  expect(same('0.123456789012345678', '0.123456789012345679')).toBe(false)
  expect(same('+007', '7.')).toBe(true)
  expect(isSameNumber(9007199254740993n, parseWrittenNumber('9007199254740993'))).toBe(true)
  expect(isSameNumber(5n, 5)).toBe(true)
  expect(isSameNumber(0, -0)).toBe(true)
})

test('a number of JavaScript is what it exactly is, or its shortest digits', () => {
  expect(isSameNumber(2 ** 60, parseWrittenNumber('1152921504606846976'))).toBe(true)
  expect(isSameNumber(2 ** 60, parseWrittenNumber('1152921504606847000'))).toBe(true)
  expect(isSameNumber(2 ** 60, parseWrittenNumber('1152921504606846977'))).toBe(false)
  expect(isSameNumber(Number.POSITIVE_INFINITY, parseWrittenNumber('1e400'))).toBe(false)
})

test('what JSON cannot write is written as JSON can', () => {
  expect(JSON.stringify(parseWrittenNumber('+09007199254740993'))).toBe('9007199254740993e0')
  expect(JSON.stringify(parseWrittenNumber('.123456789012345678'))).toBe('123456789012345678e-18')
})

test('scalars are replaced wherever they are', () => {
  const value = parseJson('{"a":[1,{"b":9007199254740993}],"c":1e400}')

  expect(mapScalars(value, String)).toEqual({ a: ['1', { b: '9007199254740993' }], c: '1e400' })
})
