import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { timestampMicrosMax } from '../../engine/model/timestamp.ts'
import type { Columns } from '../../engine/store/chunk.ts'
import { decodeColumns, encodeColumns } from './column-codec.ts'

describe('samples as compressed columns', () => {
  test('come back bit for bit, for any values', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(timestamp, value), { maxLength: 100 }), (samples) => {
        const columns = columnsOf(samples)
        expect(columnBits(roundTrip(columns))).toEqual(columnBits(columns))
      }),
      { numRuns: 500 },
    )
  })

  test('come back bit for bit when they are decimals, sorted and long enough to be compressed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 12 }),
        fc.array(fc.integer({ min: -1e9, max: 1e9 })),
        (digits, integers) => {
          const values = Array.from({ length: 40 }, (_, turn) =>
            integers.map((integer) => (integer + turn) / 10 ** digits),
          ).flat()
          const columns = columnsOf(values.map((decimal, index) => [index * 1e6 + (index % 7), decimal]))
          expect(columnBits(roundTrip(columns))).toEqual(columnBits(columns))
        },
      ),
    )
  })

  test.for([
    ['the extremes of time', [-timestampMicrosMax, timestampMicrosMax, -timestampMicrosMax + 1, 0], [1, 2, 3, 4]],
    [
      'the extremes of values',
      [1, 2, 3, 4],
      [Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, -Number.MIN_VALUE],
    ],
    ['a negative zero among integers', [1, 2, 3, 4], [1, -0, 0, 2]],
    ['integers at the limit of decimals', [1, 2, 3, 4], [2 ** 51, -(2 ** 51), 2 ** 51 + 1, 2 ** 53 - 1]],
    ['more digits than decimals have', [1, 2, 3, 4], [0.1, 0.0000000001, 1e-300, 123456.789]],
    ['nothing', [], []],
  ] as const)('keep %s', ([, timestamps, values]) => {
    const columns = { timestamps: new Float64Array(timestamps), values: new Float64Array(values) }
    expect(columnBits(roundTrip(columns))).toEqual(columnBits(columns))
    // Long columns take another path than short ones.
    const long = (numbers: readonly number[]): Float64Array<ArrayBuffer> =>
      new Float64Array(Array.from({ length: 500 * numbers.length }, (_, index) => numbers[index % numbers.length]!))
    const longer = { timestamps: long(timestamps), values: long(values) }
    expect(columnBits(roundTrip(longer))).toEqual(columnBits(longer))
  })

  test('a regular series of slowly changing decimals takes about a byte per sample', () => {
    const count = 8192
    const values = Float64Array.from({ length: count }, (_, index) => Math.round(Math.sin(index * 1.7) * 50) / 100 + 20)
    const timestamps = Float64Array.from({ length: count }, (_, index) => 1_700_000_000_000_000 + index * 1_000_000)

    expect(encodeColumns({ timestamps, values }).length).toBeLessThan(1.1 * count)
  })

  test('smooth doubles shrink, noise costs no more than its size', () => {
    const timestamps = Float64Array.from({ length: 8192 }, (_, index) => index)
    const smooth = Float64Array.from({ length: 8192 }, (_, index) => 1e6 + Math.sqrt(index))
    const noise = Float64Array.from({ length: 8192 }, (_, index) => Math.exp(600 * Math.sin(index * index)))

    expect(encodeColumns({ timestamps, values: smooth }).length).toBeLessThan(6 * 8192)
    expect(encodeColumns({ timestamps, values: noise }).length).toBeLessThan(8 * 8192 + 200)
  })

  test.for([
    ['no header', new Uint8Array(3)],
    ['timestamps beyond the end', Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0)],
    ['an unknown coding of timestamps', Uint8Array.of(0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0)],
    ['an unknown coding of values', Uint8Array.of(0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0)],
    ['too few samples', Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)],
    ['no zstd frame', Uint8Array.of(0, 0, 0, 0, 0x80, 0, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4)],
  ] as const)('%s: refused instead of guessed', ([, bytes]) => {
    expect(() => decodeColumns(bytes)).toThrow(/column|timestamps|values/)
  })
})

/** Both columns as bits, so that −0 and 0 differ. */
function columnBits({ timestamps, values }: Columns): BigUint64Array[] {
  return [bits(timestamps), bits(values)]
}

const roundTrip = (columns: Columns): Columns => decodeColumns(encodeColumns(columns))

function bits(doubles: Float64Array<ArrayBuffer>): BigUint64Array {
  return new BigUint64Array(doubles.slice().buffer)
}

function columnsOf(samples: readonly (readonly [number, number])[]): Columns {
  return {
    timestamps: Float64Array.from(samples, ([at]) => at),
    values: Float64Array.from(samples, ([, number]) => number),
  }
}

const timestamp = fc.oneof(
  fc.integer({ min: -timestampMicrosMax, max: timestampMicrosMax }),
  fc.integer({ min: -100, max: 100 }),
)
const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -10_000, max: 10_000 }).map((cents) => cents / 100),
  fc.constantFrom(0, -0, Number.MIN_VALUE, -Number.MAX_VALUE),
)
