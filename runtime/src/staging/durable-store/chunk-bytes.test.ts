import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Summary } from '../../engine/aggregate/summary.ts'
import { decodeChunk, decodeSealedChunk, encodeChunk, encodeSealedChunk } from './chunk-bytes.ts'

const doubles = fc.double({ noNaN: true, noDefaultInfinity: true })

test('a summary comes back exact: adding to it gives the same last bit as never having stored it', () => {
  fc.assert(
    fc.property(fc.array(doubles, { minLength: 1, maxLength: 60 }), fc.array(doubles), (stored, later) => {
      const columns = { timestamps: Float64Array.from(stored, (_, at) => at - 5), values: Float64Array.from(stored) }
      const sealed = decodeSealedChunk(-5, encodeSealedChunk(columns, 1234))

      expect(sealed).toMatchObject({ first: -5, last: stored.length - 6, byteLength: 1234 })
      const expected = new Summary()
      for (const value of [...stored, ...later]) expected.add(value)
      for (const value of later) sealed.summary.add(value)
      for (const operator of ['AVG', 'MIN', 'MAX', 'SUM', 'COUNT'] as const) {
        expect(sealed.summary.value(operator)).toBe(expected.value(operator))
      }
    }),
  )
})

test('any changed byte of a chunk or its summary is detected', () => {
  const columns = { timestamps: Float64Array.of(1, 2, 4), values: Float64Array.of(0.5, 1e300, -7) }
  for (const [bytes, decode] of [
    [encodeChunk(columns), decodeChunk],
    [encodeSealedChunk(columns, 99), (damaged: Uint8Array) => decodeSealedChunk(1, damaged)],
  ] as const) {
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice()
      damaged[at]! ^= 1
      expect(() => decode(damaged)).toThrow('the checksum is')
    }
  }
})
