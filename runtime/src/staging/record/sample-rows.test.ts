import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FixtureReader } from '../../engine/fixture/fixture-csv.ts'
import { createSeries, findTextProblem } from '../../engine/model/series.ts'
import { formatTimestamp, timestampMicrosMax } from '../../engine/model/timestamp.ts'
import { sampleHeader, sampleLine, seriesCells } from './sample-rows.ts'

const name = fc
  .string({ minLength: 1, maxLength: 12, unit: 'binary' })
  .filter((text) => findTextProblem('', text) === null)
const time = fc.integer({ min: -timestampMicrosMax, max: timestampMicrosMax })

test('law: what is written is read back as the same samples', () => {
  const sample = fc.record({
    name,
    tags: fc.array(name, { maxLength: 3 }),
    timestamp: time,
    arrives: time,
    value: fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
    producer: fc.nat(),
  })
  fc.assert(
    fc.property(fc.array(sample, { minLength: 1, maxLength: 5 }), (samples) => {
      const held = samples.flatMap(({ name: series, tags, ...row }) => {
        const cells = seriesCells(createSeries(series, tags))
        return cells === null ? [] : [{ series: createSeries(series, tags), cells, row }]
      })
      fc.pre(held.length > 0)
      const reader = new FixtureReader({ file: 'law.csv' })
      const lines = held.map(({ cells, row }) => sampleLine(cells, { ...row, arrives: formatTimestamp(row.arrives) }))
      reader.push(new TextEncoder().encode(sampleHeader + lines.join('')))
      const fixture = reader.finish()
      const read = Array.from({ length: fixture.count }, (_, row) => ({
        series: fixture.seriesTable[fixture.series[row]!],
        row: {
          timestamp: fixture.timestamps[row],
          arrives: fixture.arrives[row],
          value: fixture.values[row],
          producer: Number(fixture.producerNames[fixture.producers[row]! - 1] ?? 0),
        },
      }))
      expect(read).toEqual(held.map(({ series, row }) => ({ series, row })))
    }),
    { numRuns: 500 },
  )
})

test('times are written for people, where a calendar has them', () => {
  const cells = seriesCells({ name: 'temp', tags: ['room=a, b', 'x'] })!
  const row = { timestamp: 1_500_000, arrives: formatTimestamp(2_000_001), value: 1e-7, producer: 0 }
  expect(sampleLine(cells, row)).toBe('1970-01-01T00:00:01.500Z,1970-01-01T00:00:02.000001Z,temp,,"room=a, b;x",1e-7\n')
  expect(formatTimestamp(timestampMicrosMax)).toBe('2255-06-05T23:47:34.740991Z')
  expect(formatTimestamp(-timestampMicrosMax)).toBe('1684-07-28T00:12:25.259009Z')
})

test('tags that a fixture would cut apart cannot be written', () => {
  expect(seriesCells({ name: 'temp', tags: ['path=a;b'] })).toBeNull()
  expect(seriesCells({ name: 'temp', tags: [' padded'] })).toBeNull()
})
