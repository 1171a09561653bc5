import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseDecimal } from './parse-decimal.ts'

test('digits with sign, point and exponent are a number', () => {
  const texts = [
    '0',
    '-0',
    '+7',
    '42',
    '4.25',
    '.5',
    '5.',
    '-1e3',
    '1E-7',
    '2.5e+10',
    '007',
    '0.1',
    '1e22',
    '1e23',
    '123456789e1',
  ]
  expect(texts.map(parse)).toEqual(texts.map(Number))
})

test('spaces and tabs around do not count', () => {
  expect(parse(' \t4.5 \t')).toBe(4.5)
})

test('everything else is NaN, even what Number takes', () => {
  const texts = [
    '',
    ' ',
    '-',
    '.',
    '-.',
    'e5',
    '1e',
    '1e+',
    '1.2.3',
    '4O.1',
    '1_000',
    '1,5',
    '0x1f',
    '0b1',
    '1 2',
    '--1',
    '1e5.',
  ]
  const words = ['Infinity', '-Infinity', 'NaN', 'inf', 'null', '1n', '½', '1\u00a0']
  expect([...texts, ...words].filter((text) => !Number.isNaN(parse(text)))).toEqual([])
})

test('a number beyond the range of doubles is infinite, a tiny one is zero', () => {
  expect(parse('1e309')).toBe(Number.POSITIVE_INFINITY)
  expect(parse('-1e99999')).toBe(Number.NEGATIVE_INFINITY)
  expect(parse('1e-400')).toBe(0)
  expect(parse(`0e${'9'.repeat(400)}`)).toBe(0)
  expect(parse('4.9e-324')).toBe(Number.MIN_VALUE)
})

test('a number of a million digits is read', () => {
  const text = `0.${'3'.repeat(1_000_000)}`
  expect(parse(text)).toBe(Number(text))
})

test('only the given bytes are read', () => {
  expect(parseDecimal(new TextEncoder().encode('123.456e7'), 1, 5)).toBe(23.4)
})

test('law: every double is read back from its own text', () => {
  fc.assert(
    fc.property(
      fc.double({ noDefaultInfinity: true, noNaN: true }),
      fc.integer({ min: 1, max: 21 }),
      (value, digits) => {
        const texts = [String(value), value.toPrecision(digits), value.toExponential(digits - 1)]
        expect(texts.map(parse)).toEqual(texts.map(Number))
      },
    ),
    { numRuns: 2000 },
  )
})

test('law: any digits with any point and exponent agree with Number', () => {
  const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 22 })
  const exponent = fc.option(fc.integer({ min: -330, max: 330 }))
  fc.assert(
    fc.property(fc.constantFrom('', '-', '+'), digits, digits, exponent, (sign, whole, fraction, power) => {
      const text = `${sign}${whole}.${fraction}${power === null ? '' : `e${power}`}`
      expect(parse(text)).toBe(whole === '' && fraction === '' ? Number.NaN : Number(text))
    }),
    { numRuns: 2000 },
  )
})

test('law: the middle between two neighbouring doubles goes to the even one', () => {
  const middle = fc.bigInt(2n ** 52n, 2n ** 53n - 1n).map((mantissa) => mantissa * 2n + 1n)
  fc.assert(
    fc.property(middle, fc.nat(4), fc.constantFrom(-1n, 0n, 1n), (odd, halvings, nudge) => {
      // odd / 2^halvings, written out exactly, and one unit of its last digit beside.
      const scaled = String(odd * 5n ** BigInt(halvings) + nudge).padStart(halvings + 1, '0')
      const text = `${scaled.slice(0, scaled.length - halvings)}.${scaled.slice(scaled.length - halvings)}`
      expect(parse(text)).toBe(Number(text))
    }),
    { numRuns: 2000 },
  )
})

function parse(text: string): number {
  const bytes = new TextEncoder().encode(text)
  return parseDecimal(bytes, 0, bytes.length)
}
