import fc from 'fast-check'
import { expect, test } from 'vitest'
import { verifyChecksum } from './damaged-bytes.ts'
import { decodeJournalRecord, encodeJournalRecord, linkJournalRecord, type JournalRecord } from './journal-record.ts'
import { sequenceBytes } from './store-keys.ts'

const key = sequenceBytes(5)

function encode(record: JournalRecord): Uint8Array {
  const value = encodeJournalRecord(record)
  linkJournalRecord(key, value, 77)
  return value
}

const decode = (value: Uint8Array) => decodeJournalRecord(verifyChecksum('journal', key, value))

test('a record keeps the samples of each series in order of arrival', () => {
  fc.assert(
    fc.property(fc.array(sample), (samples) => {
      const { record: decoded } = decode(encode({ kind: 'samples', columns: columnsOf(samples) }))
      if (decoded.kind !== 'samples') throw new Error('samples became something else')
      const { series, timestamps, values } = decoded.columns
      const back = Array.from(series, (id, index) => ({ id, at: timestamps[index]!, value: values[index]! }))

      expect(back).toHaveLength(samples.length)
      for (const id of new Set(samples.map((one) => one.id))) {
        expect(back.filter((one) => one.id === id)).toEqual(samples.filter((one) => one.id === id))
      }
    }),
  )
})

test('a record keeps what was removed, of one series and of all', () => {
  const removals = [
    { series: 3, first: -5, last: 2 ** 53 - 1 },
    { series: null, first: -(2 ** 53 - 1), last: 7 },
  ]

  expect(decode(encode({ kind: 'removals', removals }))).toEqual({
    previous: 77,
    record: { kind: 'removals', removals },
  })
})

test('any changed byte is detected', () => {
  const samples = Array.from({ length: 50 }, (_, index) => ({ id: index % 3, at: index, value: index / 10 }))
  const bytes = encode({ kind: 'samples', columns: columnsOf(samples) })
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const damaged = bytes.slice()
      damaged[at]! ^= flip

      expect(() => decode(damaged)).toThrow('checksum')
    }),
  )
})

function columnsOf(samples: readonly { id: number; at: number; value: number }[]) {
  return {
    series: Uint32Array.from(samples, ({ id }) => id),
    timestamps: Float64Array.from(samples, ({ at }) => at),
    values: Float64Array.from(samples, ({ value }) => value),
  }
}

const sample = fc.record({
  id: fc.oneof(fc.nat(3), fc.constant(2 ** 32 - 2)),
  at: fc.integer({ min: -1000, max: 1000 }),
  value: fc.integer({ min: -500, max: 500 }).map((tenths) => tenths / 10),
})
