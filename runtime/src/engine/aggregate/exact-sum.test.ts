// The sum is compared with a sum of exact integers: every double is a whole multiple of 2^-1074.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ExactSum } from './exact-sum.ts'

const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
// Near both ends of the range, where sums overflow and where no bits are left; and of one scale, like real data.
const values = fc.array(
  fc.oneof(
    finite,
    fc.double({ min: 1e308, noNaN: true, noDefaultInfinity: true }),
    fc.double({ max: -1e308, noNaN: true, noDefaultInfinity: true }),
    fc.double({ min: -1e-307, max: 1e-307, noNaN: true }),
    fc.double({ min: -1000, max: 1000, noNaN: true }),
    // Around 2^900, from where on values are kept separately.
    fc.double({ min: 2 ** 899, max: 2 ** 902, noNaN: true }),
    fc.constantFrom(0, -0, 2 ** 53, 1, -1, 2 ** 901 + 2 ** 849, -(2 ** 901), -(2 ** 849), Number.MIN_VALUE),
  ),
  { maxLength: 40 },
)

test('the total is the exact one, rounded once to the nearest finite double', () => {
  fc.assert(
    fc.property(values, (numbers) => {
      expect(sumOf(numbers).value()).toBe(exactTotal(numbers))
    }),
    { numRuns: 500 },
  )
})

test('a tie that only a tiny value decides is rounded its way, at every scale', () => {
  for (const large of [1, 2 ** 899, 2 ** 950, 2 ** 1020]) {
    const half = large * 2 ** -53

    expect(sumOf([large, half]).value()).toBe(large)
    expect(sumOf([large, half, Number.MIN_VALUE]).value()).toBe(large * (1 + 2 ** -52))
    expect(sumOf([large, half, Number.MIN_VALUE, -1e-300]).value()).toBe(large)
  }
})

test('small values survive huge ones that cancel', () => {
  expect(sumOf([1.7e308, 1.7e308, 1e-300, -1.7e308, -1.7e308]).value()).toBe(1e-300)
  expect(sumOf([2 ** 901 + 2 ** 849, 1e-300, -(2 ** 901), -(2 ** 849)]).value()).toBe(1e-300)
})

test('the mean is the exact quotient, rounded once', () => {
  const counts = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 2 ** 49 }))

  fc.assert(
    fc.property(values, counts, (numbers, more) => {
      const count = Math.max(1, numbers.length + more)
      expect(sumOf(numbers).mean(count)).toBe(exactQuotient(numbers, count))
    }),
    { numRuns: 1000 },
  )
})

test('the mean of numbers in decimals lies between the smallest and the largest, and is their value if all are equal', () => {
  const decimal = fc.integer({ min: -100_000, max: 100_000 }).map((hundredths) => hundredths / 100)

  fc.assert(
    fc.property(decimal, fc.integer({ min: 1, max: 50 }), (value, count) => {
      expect(sumOf(Array.from({ length: count }, () => value)).mean(count)).toBe(value + 0)
    }),
    { numRuns: 2000 },
  )
  fc.assert(
    fc.property(fc.array(decimal, { minLength: 1, maxLength: 50 }), (numbers) => {
      const mean = sumOf(numbers).mean(numbers.length)

      expect(mean).toBeGreaterThanOrEqual(Math.min(...numbers))
      expect(mean).toBeLessThanOrEqual(Math.max(...numbers))
    }),
  )
})

test('the mean is exact where no bits are left, and a mean of zero is never negative', () => {
  expect(sumOf([Number.MIN_VALUE, Number.MIN_VALUE, Number.MIN_VALUE]).mean(2)).toBe(2 * Number.MIN_VALUE)
  expect(sumOf([Number.MIN_VALUE]).mean(2)).toBe(0)
  expect(sumOf([-Number.MIN_VALUE]).mean(3)).toBe(0)
  expect(sumOf([2 ** -1022]).mean(3)).toBe(exactQuotient([2 ** -1022], 3))
})

test('the order does not matter', () => {
  const twoOrders = values.chain((numbers) =>
    fc.tuple(fc.constant(numbers), fc.shuffledSubarray(numbers, { minLength: numbers.length })),
  )

  fc.assert(
    fc.property(twoOrders, ([numbers, shuffled]) => {
      const [sum, other] = [sumOf(numbers), sumOf(shuffled)]

      expect(other.value()).toBe(sum.value())
      expect(other.mean(7)).toBe(sum.mean(7))
    }),
  )
})

test('removing values leaves what was there before', () => {
  fc.assert(
    fc.property(values, values, (staying, leaving) => {
      const sum = sumOf([...leaving, ...staying])

      for (const value of leaving) sum.subtract(value)

      expect(sum.value()).toBe(sumOf(staying).value())
      expect(sum.mean(3)).toBe(sumOf(staying).mean(3))
    }),
  )
})

test('the sum of sums is the sum of all their values, and does not change the added sum', () => {
  fc.assert(
    fc.property(values, values, (numbers, more) => {
      const sum = sumOf(numbers)
      const other = sumOf(more)

      sum.addSum(other)

      expect(sum.value()).toBe(exactTotal([...numbers, ...more]))
      expect(other.value()).toBe(exactTotal(more))
    }),
  )
})

test('sums of many of the largest values can be added and removed', () => {
  const largest = Array.from({ length: 64 }, () => Number.MAX_VALUE)
  const sum = sumOf([0.1])

  sum.addSum(sumOf(largest))
  expect(sum.value()).toBe(Number.MAX_VALUE)
  expect(sum.mean(64)).toBe(Number.MAX_VALUE)

  for (const value of largest) sum.subtract(value)
  expect(sum.value()).toBe(0.1)
})

test('a total beyond the range of doubles is the largest double, and the mean is not affected', () => {
  const sum = sumOf([Number.MAX_VALUE, 1e308])

  expect(sum.value()).toBe(Number.MAX_VALUE)
  expect(sum.mean(2)).toBe(Number.MAX_VALUE / 2 + 5e307)

  expect(sumOf([-Number.MAX_VALUE, -1e308]).value()).toBe(-Number.MAX_VALUE)
})

test('a total of zero is never negative, and nothing sums up to zero', () => {
  expect(sumOf([-0]).value()).toBe(0)
  expect(sumOf([-1.5, 1.5, -0]).value()).toBe(0)
  expect(sumOf([-1.7e308, 1.7e308]).value()).toBe(0)
  expect(sumOf([]).value()).toBe(0)
})

test('a cleared sum starts from zero', () => {
  const sum = sumOf([1.7e308, 1])

  sum.clear()
  sum.add(2)

  expect(sum.value()).toBe(2)
})

function sumOf(numbers: readonly number[]): ExactSum {
  const sum = new ExactSum()
  for (const number of numbers) sum.add(number)
  return sum
}

function exactTotal(numbers: readonly number[]): number {
  return toNearestDouble(unitsOf(numbers))
}

/** Of a mean that is a finite double. */
function exactQuotient(numbers: readonly number[], count: number): number {
  // 64 bits more than a double has, and one for whatever is beyond them.
  const dividend = unitsOf(numbers) << 65n
  const quotient = dividend / BigInt(count)
  return toNearestDouble(dividend % BigInt(count) === 0n ? quotient : quotient | 1n, 65n)
}

function unitsOf(numbers: readonly number[]): bigint {
  return numbers.reduce((total, number) => total + toUnits(number), 0n)
}

/** How many times 2^-1074 a double is. */
function toUnits(number: number): bigint {
  const bits = new DataView(new ArrayBuffer(8))
  bits.setFloat64(0, number)
  const word = bits.getBigUint64(0)
  const exponent = (word >> 52n) & 0x7ffn
  const fraction = word & 0xf_ffff_ffff_ffffn
  const magnitude = exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n)
  return word >> 63n === 0n ? magnitude : -magnitude
}

/**
 * Rounds to nearest, ties to even, like IEEE 754, but to the largest finite double instead of infinity.
 *
 * @param bitsBelow - how many of the last bits are below 2^-1074
 */
function toNearestDouble(units: bigint, bitsBelow = 0n): number {
  if (units < 0n) return 0 - toNearestDouble(-units, bitsBelow)
  const excessBits = BigInt(Math.max(Number(bitsBelow), units.toString(2).length - 53))
  let kept = units >> excessBits
  const rest = units - (kept << excessBits)
  const half = excessBits === 0n ? 1n : 1n << (excessBits - 1n)
  if (rest > half || (rest === half && kept % 2n === 1n)) kept++
  return Math.min(Number(kept) * 2 ** (Number(excessBits - bitsBelow) - 1074), Number.MAX_VALUE)
}
