import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Summary } from '../../engine/aggregate/summary.ts'
import { decodeSealedChunk, encodeChunk, encodeSealedChunk } from './chunk-bytes.ts'
import { checksumOf, verifyChecksum } from './damaged-bytes.ts'
import { chunkKeyBytes } from './store-keys.ts'

const doubles = fc.double({ noNaN: true, noDefaultInfinity: true })

test('a summary comes back exact: adding to it gives the same last bit as never having stored it', () => {
  fc.assert(
    fc.property(fc.array(doubles, { minLength: 1, maxLength: 60 }), fc.array(doubles), (stored, later) => {
      const columns = { timestamps: Float64Array.from(stored, (_, at) => at - 5), values: Float64Array.from(stored) }
      const key = chunkKeyBytes(3, -5)
      const samples = encodeChunk(key, columns)
      const bytes = encodeSealedChunk(key, columns, samples, 17)
      const sealed = decodeSealedChunk(-5, verifyChecksum('summaries', key, bytes))

      expect(sealed).toMatchObject({
        first: -5,
        last: stored.length - 6,
        byteLength: samples.length,
        checksum: checksumOf(samples),
        coveredBefore: 17,
      })
      const expected = new Summary()
      for (const value of [...stored, ...later]) expected.add(value)
      for (const value of later) sealed.summary.add(value)
      for (const operator of ['AVG', 'MIN', 'MAX', 'SUM', 'COUNT'] as const) {
        expect(sealed.summary.value(operator)).toBe(expected.value(operator))
      }
    }),
  )
})

test('any changed byte of a chunk, its summary or their key is detected, and so is another table', () => {
  const columns = { timestamps: Float64Array.of(1, 2, 4), values: Float64Array.of(0.5, 1e300, -7) }
  const key = chunkKeyBytes(3, 1)
  const samples = encodeChunk(key, columns)
  const summary = encodeSealedChunk(key, columns, samples, 1)
  for (const [table, value] of [
    ['samples', samples],
    ['summaries', summary],
  ] as const) {
    expect(verifyChecksum(table, key, value)).toEqual(value.subarray(4))
    const record = Buffer.concat([key, value])
    for (let at = 0; at < record.length; at++) {
      const damaged = Buffer.from(record)
      damaged[at]! ^= 1
      const verify = (): Uint8Array => verifyChecksum(table, damaged.subarray(0, 12), damaged.subarray(12))
      expect(verify).toThrow('the checksum is')
    }
  }
  expect(() => verifyChecksum('summaries', key, samples)).toThrow('the checksum is')
})
