/**
 * `npm run fuzz -- records [--records N] [--minutes M] [--seed S]`: chunks, summaries and journal records, from random
 * samples and with random damage. What was encoded comes back to the last bit. A damaged record is refused by its
 * checksum; bytes that pass for a record are decoded or refused as damaged, and nothing else happens.
 */
import { parseArgs } from 'node:util'
import { decodeSealedChunk, encodeChunk, encodeSealedChunk } from '../../src/staging/durable-store/chunk-bytes.ts'
import { decodeColumns } from '../../src/staging/durable-store/column-codec.ts'
import {
  DamagedBytes,
  verifyChecksum,
  writeChecksum,
  type TableName,
} from '../../src/staging/durable-store/damaged-bytes.ts'
import {
  decodeJournalRecord,
  encodeJournalRecord,
  linkJournalRecord,
} from '../../src/staging/durable-store/journal-record.ts'
import { chunkKeyBytes, sequenceBytes } from '../../src/staging/durable-store/store-keys.ts'
import { decodeTotals, emptyTotals, encodeTotals } from '../../src/staging/durable-store/store-totals.ts'
import { Summary } from '../../src/engine/aggregate/summary.ts'
import { SeededRandom } from '../../src/testing/seeded-random.ts'

/** @returns the exit code */
export function fuzz(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      records: { type: 'string' },
      minutes: { type: 'string' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    },
  })
  const count = Number(values.records ?? (values.minutes === undefined ? 100_000 : Infinity))
  const end = performance.now() + Number(values.minutes ?? Infinity) * 60_000
  console.log(`seed ${values.seed}`)
  const random = new SeededRandom(Number(values.seed))
  let done = 0
  for (; done < count && performance.now() < end; done++) {
    try {
      checkRecord(random)
    } catch (error) {
      console.log(
        `record ${done}: ${error instanceof Error ? (error.stack ?? error.message) : 'it threw something else'}`,
      )
      return Promise.resolve(1)
    }
  }
  console.log(`${done} records, each damaged ${damagesPerRecord} times: all came back, or were refused as damaged`)
  return Promise.resolve(0)
}

interface Encoded {
  readonly table: TableName
  readonly key: Buffer
  readonly value: Uint8Array<ArrayBuffer>
  /** Decodes what follows the checksum, and compares it with what was encoded if `isWhole`. */
  readonly decode: (bytes: Uint8Array, isWhole: boolean) => void
}

const damagesPerRecord = 8

/** Encodes a record, reads it back, and damages it. @throws {Error} when something is not as promised */
export function checkRecord(random: SeededRandom): void {
  const { table, key, value, decode } = encoders[random.below(encoders.length)]!(random)
  decode(verifyChecksum(table, key, value), true)
  for (let round = 0; round < damagesPerRecord; round++) {
    const damagedKey = Buffer.from(key)
    const damaged = damage(value, random)
    if (random.below(4) === 0) damagedKey[random.below(key.length)]! ^= 1 << random.below(8)
    const isSame = Buffer.compare(damaged, value) === 0 && damagedKey.equals(key)
    if (!isSame) expectDamaged(() => verifyChecksum(table, damagedKey, damaged), true)
    // As if the checksum had been right: nothing but a refusal may come of it.
    if (damaged.length < 4) continue
    const forged = writeChecksum(table, key, damaged)
    expectDamaged(() => decode(verifyChecksum(table, key, forged), false), false)
  }
}

/** Runs something that may throw `DamagedBytes`, and must if `isExpected`. */
function expectDamaged(act: () => unknown, isExpected: boolean): void {
  try {
    act()
  } catch (error) {
    if (error instanceof DamagedBytes) return
    throw error
  }
  if (isExpected) throw new Error('a damaged record was accepted')
}

const encoders: readonly ((random: SeededRandom) => Encoded)[] = [
  function samples(random) {
    const columns = columnsOf(random, true)
    const key = chunkKeyBytes(random.below(1000), columns.timestamps[0]!)
    return {
      table: 'samples',
      key,
      value: encodeChunk(key, columns),
      decode(bytes, isWhole) {
        const decoded = decodeColumns(bytes)
        if (isWhole) expectSame(decoded, columns)
      },
    }
  },
  function summary(random) {
    const columns = columnsOf(random, true)
    const first = columns.timestamps[0]!
    const key = chunkKeyBytes(random.below(1000), first)
    return {
      table: 'summaries',
      key,
      value: encodeSealedChunk(key, columns, encodeChunk(key, columns), random.below(1000)),
      decode(bytes, isWhole) {
        const decoded = decodeSealedChunk(first, bytes)
        if (!isWhole) return
        const expected = new Summary()
        expected.addColumn(columns.values, 0, columns.values.length)
        for (const operator of ['COUNT', 'SUM', 'MIN', 'MAX'] as const) {
          if (!Object.is(decoded.summary.value(operator), expected.value(operator)))
            throw new Error(`${operator} came back as ${decoded.summary.value(operator)}`)
        }
      },
    }
  },
  function journal(random) {
    const columns = columnsOf(random, false)
    // One after the other, as they come back.
    const series = Uint32Array.from(columns.timestamps, (_, index) => 7 * Math.floor(index / 5))
    const key = sequenceBytes(1 + random.below(1000))
    const value = encodeJournalRecord({ kind: 'samples', columns: { ...columns, series } })
    linkJournalRecord(key, value, random.below(2 ** 32))
    return {
      table: 'journal',
      key,
      value,
      decode(bytes, isWhole) {
        const { record } = decodeJournalRecord(bytes)
        if (!isWhole) return
        if (record.kind !== 'samples') throw new Error('samples became removals')
        expectSame(record.columns, columns)
        if (record.columns.series.some((id, index) => id !== series[index]))
          throw new Error('series came back otherwise')
      },
    }
  },
  function removals(random) {
    const list = Array.from({ length: 1 + random.below(5) }, () => ({
      series: random.below(2) === 0 ? null : random.below(1000),
      first: -random.below(1000),
      last: random.below(1000),
    }))
    const key = sequenceBytes(1 + random.below(1000))
    const value = encodeJournalRecord({ kind: 'removals', removals: list })
    linkJournalRecord(key, value, random.below(2 ** 32))
    return {
      table: 'journal',
      key,
      value,
      decode(bytes, isWhole) {
        const { record } = decodeJournalRecord(bytes)
        if (isWhole && JSON.stringify(record) !== JSON.stringify({ kind: 'removals', removals: list }))
          throw new Error('removals came back otherwise')
      },
    }
  },
  function totals(random) {
    const key = Buffer.from('totals')
    const original = { ...emptyTotals(), sealedSamples: random.below(2 ** 32), journalNext: 1 + random.below(2 ** 32) }
    return {
      table: 'meta',
      key,
      value: new Uint8Array(writeChecksum('meta', key, encodeTotals(original))),
      decode(bytes, isWhole) {
        const decoded = decodeTotals(bytes)
        if (isWhole && JSON.stringify(decoded) !== JSON.stringify(original))
          throw new Error('totals came back otherwise')
      },
    }
  },
]

interface Samples {
  readonly timestamps: Float64Array<ArrayBuffer>
  readonly values: Float64Array<ArrayBuffer>
}

/** At least one sample, of one of the shapes that are encoded differently. */
function columnsOf(random: SeededRandom, isSorted: boolean): Samples {
  const count = 1 + random.below([1, 3, 40, 600][random.below(4)]!)
  const timestamps = new Float64Array(count)
  const step = [1, 1000, 1_000_000, 2 ** 44][random.below(4)]!
  let timestamp = random.below(2) === 0 ? -random.below(2 ** 31) : 1_700_000_000_000_000
  for (let index = 0; index < count; index++) {
    timestamps[index] = timestamp
    timestamp += isSorted ? 1 + random.below(2) * random.below(step) : random.below(3) * step - step
  }
  const bits = new Uint8Array(8)
  const shape = random.below(4)
  const values = Float64Array.from({ length: count }, (_, index) => {
    if (shape === 0) return random.below(1000) / 100
    if (shape === 1) return Math.sin(index)
    if (shape === 2) return index === 0 ? -0 : random.below(2) * 1e300
    for (let byte = 0; byte < 8; byte++) bits[byte] = random.below(256)
    const value = new Float64Array(bits.buffer)[0]!
    return Number.isFinite(value) ? value : 0
  })
  return { timestamps, values }
}

function expectSame(found: Samples, expected: Samples): void {
  for (const column of ['timestamps', 'values'] as const) {
    const [left, right] = [found[column], expected[column]].map(
      (each) => new Uint8Array(each.buffer, each.byteOffset, each.byteLength),
    )
    if (Buffer.compare(left!, right!) !== 0) throw new Error(`${column} came back otherwise`)
  }
}

/** A copy with a few bits flipped, bytes overwritten, or a piece missing or added. */
function damage(value: Uint8Array, random: SeededRandom): Uint8Array<ArrayBuffer> {
  const damaged = new Uint8Array(value)
  const at = random.below(damaged.length)
  switch (random.below(5)) {
    case 0:
      damaged[at]! ^= 1 << random.below(8)
      return damaged
    case 1:
      random.fill(damaged.subarray(at, at + 1 + random.below(16)))
      return damaged
    case 2:
      return damaged.slice(0, at)
    case 3: {
      const longer = new Uint8Array(damaged.length + 1 + random.below(20))
      longer.set(damaged)
      return longer
    }
    default:
      // The header says how much of what there is.
      damaged[4 + random.below(Math.min(30, Math.max(1, damaged.length - 4)))] = random.below(256)
      return damaged
  }
}
