import { createSeries, FixtureReader, type Fixture } from '@slung/runtime'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { InputRow } from '../run/input-row.ts'
import { toCsv } from './write-fixture.ts'

const newYear = Date.UTC(2026, 0, 1) * 1000

test('a tag is a column, and there is no column that no row needs', () => {
  expect(toCsv([{ timestamp: newYear, series: 'temp', value: 98 }])).toBe(
    'timestamp,series,value\n2026-01-01T00:00:00Z,temp,98\n',
  )
  expect(
    toCsv([
      { timestamp: newYear, series: 'temp', value: 98, tags: ['sensor=1'], producer: 'edge-a' },
      { timestamp: newYear + 1_000_001, series: 'load', value: -0.5, tags: ['host=b', 'muted', 'wet'] },
    ]),
  ).toBe(
    [
      'timestamp,series,sensor,host,tags,producer,value',
      '2026-01-01T00:00:00Z,temp,1,,,edge-a,98',
      '2026-01-01T00:00:01.000001Z,load,,b,muted;wet,,-0.5',
      '',
    ].join('\n'),
  )
})

test('the column "arrives" exists when a row is late', () => {
  expect(
    toCsv([
      { timestamp: newYear, arrives: newYear, series: 'temp', value: 1 },
      { timestamp: newYear, arrives: newYear + 5_000_000, series: 'temp', value: 2 },
    ]),
  ).toBe(
    'timestamp,arrives,series,value\n2026-01-01T00:00:00Z,,temp,1\n2026-01-01T00:00:00Z,2026-01-01T00:00:05Z,temp,2\n',
  )
})

test('a tag that cannot name a column is in the column "tags"', () => {
  const tags = ['value=3', 'sensor=1', 'sensor=2', '=x', 'x=', ' edge=blank']
  const row = { timestamp: 0, series: 'temp', value: 1 }
  expect(toCsv([{ ...row, tags: tags.slice(0, -1) }])).toBe(
    'timestamp,series,sensor,tags,value\n1970-01-01T00:00:00Z,temp,1,=x;sensor=2;value=3;x=,1\n',
  )
  expect(() => toCsv([row, { ...row, tags }])).toThrow(
    'cannot write row 2 as a fixture: the tag " edge=blank" fits no column, and spaces around a tag are dropped there',
  )
  expect(() => toCsv([{ ...row, tags: ['a;b'] }])).toThrow(
    'cannot write row 1 as a fixture: the tag "a;b" fits no column, and a ";" separates tags in the column "tags"',
  )
})

test('of two tags for one column, the one that fits nowhere else gets it', () => {
  const row = { timestamp: 0, series: 'temp', value: 1, tags: ['k=a', 'k=b;c'] }
  expect(toCsv([row])).toBe('timestamp,series,k,tags,value\n1970-01-01T00:00:00Z,temp,b;c,k=a,1\n')
})

test('what no fixture can hold is refused', () => {
  const row = { timestamp: 0, series: 'temp', value: 1 }
  const refused: [problem: string, row: InputRow][] = [
    ['row 1 as a fixture: the time 0.5 is not a whole number of microseconds', { ...row, timestamp: 0.5 }],
    ['row 1 as a fixture: the time NaN is not a whole number of microseconds', { ...row, arrives: Number.NaN }],
    ['row 1 as a fixture: the value Infinity is not a finite number', { ...row, value: Infinity }],
    ['row 1 as a fixture: the producer "" is not a name', { ...row, producer: '' }],
    ['producer "0" is a number but not a connection id', { ...row, producer: '0' }],
    ['series name is empty', { ...row, series: '' }],
  ]
  for (const [problem, bad] of refused) expect(() => toCsv([bad])).toThrow(problem)
  expect(() => toCsv([])).toThrow('cannot write a fixture: there are no rows, expected at least one')
})

test('law: what is written reads back as the same rows, however odd its texts', () => {
  const text = fc.string({ unit: fc.constantFrom(...'ab=;," é😀\u00a0\ufeff'), minLength: 1, maxLength: 6 })
  const key = fc.oneof(text, fc.constantFrom('value', 'time', 'tags', 'sensor', 'rack no'))
  const tag = fc.oneof(
    text,
    fc.tuple(key, text).map((pair) => pair.join('=')),
  )
  const producer = fc.oneof(
    fc.constantFrom('edge-a', '7', 'two\r\nlines', '\r', 'a\n'),
    text.filter((name) => Number.isNaN(Number(name))),
  )
  const time = fc.maxSafeInteger()
  const anyRow = fc.record(
    {
      timestamp: time,
      series: text,
      value: fc.double({ noDefaultInfinity: true, noNaN: true }),
      tags: fc.array(tag, { maxLength: 4 }).filter(fitsFixture),
      producer,
      arrives: time,
    },
    { requiredKeys: ['timestamp', 'series', 'value'] },
  )
  fc.assert(
    fc.property(fc.array(anyRow, { minLength: 1, maxLength: 5 }), (rows) => {
      expect(rowsOf(read(toCsv(rows)))).toEqual(
        rows.map(({ timestamp, series, value, tags = [], producer: name, arrives = timestamp }) => ({
          timestamp,
          arrives,
          value,
          series: createSeries(series, tags),
          producer: name,
        })),
      )
    }),
    { numRuns: 1000 },
  )
})

/** Each tag fits the column `tags` or has its own column. */
function fitsFixture(tags: readonly string[]): boolean {
  const odd = [...new Set(tags)].filter((tag) => tag.includes(';') || tag !== tag.trim())
  const keys = odd.map((tag) => /^([^=]+)=./s.exec(tag)?.[1] ?? '')
  const reserved = ['', 'value', 'time', 'tags']
  return new Set(keys).size === keys.length && keys.every((key) => key === key.trim() && !reserved.includes(key))
}

function read(csv: string): Fixture {
  const reader = new FixtureReader({ file: 'rows.csv' })
  reader.push(new TextEncoder().encode(csv))
  return reader.finish()
}

function rowsOf(fixture: Fixture): object[] {
  return Array.from({ length: fixture.count }, (_, row) => ({
    timestamp: fixture.timestamps[row],
    arrives: fixture.arrives[row],
    value: fixture.values[row],
    series: fixture.seriesTable[fixture.series[row]!],
    producer: fixture.producerNames[fixture.producers[row]! - 1],
  }))
}
