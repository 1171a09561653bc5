import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSeries } from '../model/series.ts'
import { formatTimestamp } from '../model/timestamp.ts'
import { FixtureReader, type FixtureOptions } from './fixture-csv.ts'
import { FixtureError } from './fixture-error.ts'
import type { Fixture } from './fixture.ts'

/** Reads a fixture in one chunk. */
function readFixture(bytes: Uint8Array, options: FixtureOptions): Fixture {
  const reader = new FixtureReader(options)
  reader.push(bytes)
  return reader.finish()
}

const newYear = Date.UTC(2026, 0, 1) * 1000

test('every reserved column is read, every other column is a tag', () => {
  const fixture = read(
    `timestamp,series,value,producer,tags,arrives,host,rack
2026-01-01T00:00:00Z,temp,41.5,edge-a,indoor;muted,2026-01-01T00:00:05Z,a,
2026-01-01 00:00:01,load,-3e2,7,,,b,r1
`,
  )
  expect(fixture).toEqual({
    file: 'hot.csv',
    rowCount: 2,
    timestamps: Float64Array.of(newYear, newYear + 1_000_000),
    arrives: Float64Array.of(newYear + 5_000_000, newYear + 1_000_000),
    values: Float64Array.of(41.5, -300),
    lines: Uint32Array.of(2, 3),
    seriesIndexes: Uint32Array.of(0, 1),
    producerIndexes: Int32Array.of(0, 1),
    series: [createSeries('temp', ['host=a', 'indoor', 'muted']), createSeries('load', ['host=b', 'rack=r1'])],
    producers: ['edge-a', '7'],
  })
})

test('a file of time and value needs only the name of the series', () => {
  const fixture = read('timestamp,value\n2013-12-02 21:15:00,73.96732207\n2013-12-02 21:20:00,74.93588199999998\n', {
    series: 'machine_temperature',
  })
  expect([...fixture.timestamps].map(formatTimestamp)).toEqual(['2013-12-02T21:15:00Z', '2013-12-02T21:20:00Z'])
  expect([...fixture.values]).toEqual([73.96732207, 74.93588199999998])
  expect(fixture.arrives).toEqual(fixture.timestamps)
  expect(fixture.series).toEqual([createSeries('machine_temperature', [])])
  expect([...fixture.producerIndexes]).toEqual([-1, -1])
})

test('options fill empty cells, and their tags are added to every row', () => {
  const fixture = read('time,series,value,producer\n1,,10,\n2,load,20,edge-b\n3,,30,edge-a\n', {
    series: 'temp',
    tags: ['site=x', 'site=x'],
    producer: 'edge-a',
  })
  expect(fixture.series).toEqual([createSeries('temp', ['site=x']), createSeries('load', ['site=x'])])
  expect([...fixture.seriesIndexes]).toEqual([0, 1, 0])
  expect(fixture.producers).toEqual(['edge-a', 'edge-b'])
  expect([...fixture.producerIndexes]).toEqual([0, 1, 0])
})

test('the order and repetition of tags make no other series', () => {
  const fixture = read('time,series,value,tags,k\n1,temp,1,a;b,\n2,temp,2," b ;a;;b",\n3,temp,3,k=v,v\n4,temp,4,k=v,\n')
  expect([...fixture.seriesIndexes]).toEqual([0, 0, 1, 1])
  expect(fixture.series).toEqual([createSeries('temp', ['a', 'b']), createSeries('temp', ['k=v'])])
})

test('integer times count in the unit of the file, arrivals too', () => {
  const fixture = read('time,value,arrives\n7,1,9\n', { series: 'temp', timeUnit: 's' })
  expect(fixture.timestamps).toEqual(Float64Array.of(7_000_000))
  expect(fixture.arrives).toEqual(Float64Array.of(9_000_000))
})

test('a row knows the physical line it starts on', () => {
  const fixture = read('\ufefftime,value,producer\r\n\r\n1,1,"two\r\nlines"\r\n2,2,b', { series: 'temp' })
  expect(fixture.lines).toEqual(Uint32Array.of(3, 5))
  expect(fixture.producers).toEqual(['two\r\nlines', 'b'])
})

test('the columns are exactly as long as the file, and can be sent between threads', () => {
  const rows = Array.from({ length: 20_000 }, (_, row) => `${row},${row / 8}`)
  const fixture = read(`time,value\n${rows.join('\n')}`, { series: 'temp' })
  expect(fixture.rowCount).toBe(20_000)
  expect(fixture.values.buffer.byteLength).toBe(20_000 * 8)
  expect(fixture.lines.at(-1)).toBe(20_001)
  expect(structuredClone(fixture)).toEqual(fixture)
})

test('a bad cell is named with file, line and what it holds', () => {
  expect(problem('time,value\n1,4O.1\n')).toBe('hot.csv:2: value "4O.1" is not a number')
  expect(problem('time,value\n1,\n')).toBe('hot.csv:2: value is empty, expected a number')
  expect(problem('time,value\n1,NaN\n')).toBe('hot.csv:2: value "NaN" is not a number')
  expect(problem('time,value\n1,-1e999\n')).toBe('hot.csv:2: value "-1e999" is too large for a double')
  expect(problem('time,value\n1,1\n2026-02-30T00:00:00Z,2\n')).toBe(
    'hot.csv:3: time "2026-02-30T00:00:00Z" is not a time, expected an integer (us since 1970), ' +
      'RFC 3339 (2026-01-01T00:00:07Z) or "YYYY-MM-DD hh:mm:ss" (UTC)',
  )
  expect(problem('timestamp,value\n1767225600000000000,1\n')).toBe(
    'hot.csv:2: timestamp "1767225600000000000" is out of range, ' +
      'expected 1684-07-28T00:12:25.259009Z to 2255-06-05T23:47:34.740991Z (an integer counts us)',
  )
  expect(problem('time,value,arrives\n1,1,later\n')).toMatch(/^hot\.csv:2: arrives "later" is not a time, expected /)
  expect(problem('time,value\n1,"2\u001b[31m\n3"\n')).toBe('hot.csv:2: value "2\ufffd[31m 3" is not a number')
})

test('a row must have as many cells as the header', () => {
  expect(problem('time,value\n1\n')).toBe('hot.csv:2: the row has 1 cell, expected 2 as in the header')
  expect(problem('time,value\n1,2,3\n')).toBe('hot.csv:2: the row has 3 cells, expected 2 as in the header')
})

test('series and tags must keep the rules of the model', () => {
  expect(problem('time,value,series\n1,2,\n', {})).toBe(
    'hot.csv:2: series is empty: fill the cell, or name the series of such rows (--series NAME, or series: NAME in a spec)',
  )
  expect(problem('time,value,host\n1,2,"a\tb"\n')).toBe(
    'hot.csv:2: tag "host=a\\tb" contains the control character U+0009',
  )
  const tags = Array.from({ length: 65 }, (_, index) => `t${index}`).join(';')
  expect(problem(`time,value,tags\n1,2,${tags}\n`)).toBe('hot.csv:2: series "temp" has 65 tags; at most 64 are allowed')
})

test('a producer is a name or a connection id, and no other number', () => {
  expect(problem('time,value,producer\n1,2,7\n2,3,01\n')).toBe(
    'hot.csv:3: producer "01" is a number but no connection id, expected a name or a whole number from 1 to 9007199254740991',
  )
  const errors: string[] = []
  const fixture = read('time,value,producer\n1,2,0\n2,3,edge-a\n3,4,0\n', {
    series: 'temp',
    onError: (error) => errors.push(error.message.slice(0, 23)),
  })
  expect(errors).toEqual(['hot.csv:2: producer "0"', 'hot.csv:4: producer "0"'])
  expect(fixture).toMatchObject({ rowCount: 1, producers: ['edge-a'] })
})

test('cells that become text must be UTF-8', () => {
  for (const column of ['series', 'producer', 'tags', 'host']) {
    expect(problem(Buffer.from(`time,value,${column}\n1,2,caf\xe9\n`, 'latin1'))).toBe(
      'hot.csv:2: cell 3 "caf\ufffd" is not valid UTF-8, the only encoding of a fixture',
    )
  }
  expect(problem(Buffer.from('time,value\n', 'utf16le'))).toMatch(/^hot\.csv:1: .*(UTF-8|column)/)
})

test('a header must name each column once', () => {
  expect(problem('time,value,,x\n')).toBe('hot.csv:1: column 3 has no name, expected a reserved name or a tag key')
  expect(problem('time,value,x,x\n')).toBe('hot.csv:1: columns 3 and 4 are both named "x", expected one')
  expect(problem('time,timestamp,value\n')).toBe(
    'hot.csv:1: both columns "timestamp" and "time" are there, expected one of them',
  )
})

test('a missing column is named with what was found and what to do', () => {
  expect(problem('Timestamp,value\n')).toBe(
    'hot.csv:1: no column "timestamp", found "Timestamp", "value": rename "Timestamp" to "timestamp"',
  )
  expect(problem('time,vlaue\n')).toBe('hot.csv:1: no column "value", found "time", "vlaue": rename "vlaue" to "value"')
  expect(problem('2013-12-02 21:15:00,73.9\n')).toBe(
    'hot.csv:1: no column "timestamp", found "2013-12-02 21:15:00", "73.9": ' +
      'the first line names the columns, as in timestamp,series,value',
  )
  expect(problem('timestamp;value\n1;2\n')).toBe(
    'hot.csv:1: no column "timestamp", found "timestamp;value": cells are separated by commas',
  )
  expect(problem('timestamp,value\n1,2\n', {})).toBe(
    'hot.csv:1: no column "series", found "timestamp", "value": ' +
      'add it, or name the series of all rows (--series NAME, or series: NAME in a spec)',
  )
  expect(problem('a,b,c,d,e,f,g,h,i\n')).toMatch(/found "a", "b", "c", "d", "e", "f", "g", "h", …: /)
})

test('an empty fixture is an error', () => {
  expect(problem('')).toBe(
    'fixture "hot.csv" is empty: there is nothing in it, expected a header line and at least one row',
  )
  expect(problem('\n\n')).toBe(
    'fixture "hot.csv" is empty: there is nothing in it, expected a header line and at least one row',
  )
  expect(problem('time,value\n')).toBe(
    'fixture "hot.csv" is empty: there are no rows after the header, expected a header line and at least one row',
  )
})

test('an error carries code, file, line and reason', () => {
  const error = problemOf('time,value\n1,x\n')
  expect(error).toMatchObject({ code: 'bad-fixture', file: 'hot.csv', line: 2, reason: 'value "x" is not a number' })
  expect(problemOf('').line).toBeNull()
})

test('with onError, bad rows are left out and the rest is read', () => {
  const errors: string[] = []
  const fixture = read('time,series,value\n1,temp,1\nx,temp,2\n3,temp\n4,te"mp,4\n5,,5\n6,load,6\n7,"temp', {
    onError: (error) => errors.push(error.message),
  })
  expect(errors.map((message) => message.slice(0, 21))).toEqual([
    'hot.csv:3: time "x" i',
    'hot.csv:4: the row ha',
    'hot.csv:5: a quote st',
    'hot.csv:6: series is ',
    'hot.csv:8: a quote op',
  ])
  expect([...fixture.values]).toEqual([1, 6])
  expect(fixture.series.map((series) => series.name)).toEqual(['temp', 'load'])
})

test('with onError, a useless header is the only error', () => {
  for (const header of ['Time,value,,', 'time,"value"x,series']) {
    const errors: string[] = []
    const fixture = read(`${header}\n1,2\nx,y,z\n"`, { onError: (error) => errors.push(error.message) })
    expect(errors).toHaveLength(1)
    expect(fixture).toMatchObject({ rowCount: 0, series: [], producers: [] })
  }
})

test('what onError throws comes out of push', () => {
  const reader = new FixtureReader({ file: 'hot.csv', series: 'temp', onError: () => raise('enough') })
  expect(() => reader.push(new TextEncoder().encode('time,value\n1,x\n'))).toThrow('enough')
})

test('bad options are refused before anything is read', () => {
  expect(() => new FixtureReader({ file: 'hot.csv', series: '' })).toThrow('series name is empty')
  expect(() => new FixtureReader({ file: 'hot.csv', tags: ['a\nb'] })).toThrow('contains the control character')
  expect(() => new FixtureReader({ file: 'hot.csv', producer: '1.0' })).toThrow('producer "1.0" is a number but no')
})

test('law: what was written is read, however it is quoted and cut', () => {
  const name = fc.string({ unit: fc.constantFrom(...'ab,"; é😀'), minLength: 1, maxLength: 6 })
  const row = fc.record({
    timestamp: fc.integer({ min: -(2 ** 52), max: 2 ** 52 }),
    format: fc.constantFrom(String, formatTimestamp),
    value: fc.double({ noDefaultInfinity: true, noNaN: true }),
    series: name,
    host: fc.oneof(fc.constant(''), name),
    producer: fc.oneof(fc.constant(''), name),
    quoted: fc.boolean(),
  })
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 })
  fc.assert(
    fc.property(fc.array(row, { minLength: 1 }), sizes, (rows, cuts) => {
      const lines = rows.map(({ timestamp, format, value, series, host, producer, quoted }) =>
        [format(timestamp), Object.is(value, -0) ? '-0' : String(value), series, host, producer]
          .map((cell) => (quoted || /^\s|\s$|[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
          .join(','),
      )
      const csv = ['timestamp,value,series,host,producer', ...lines].join('\n')
      const fixture = readInChunks(new TextEncoder().encode(csv), cuts, { file: 'law.csv' })
      const readBack = Array.from({ length: fixture.rowCount }, (_, index) => ({
        timestamp: fixture.timestamps[index]! + 0,
        value: fixture.values[index],
        series: fixture.series[fixture.seriesIndexes[index]!],
        producer: fixture.producers[fixture.producerIndexes[index]!] ?? '',
        line: fixture.lines[index],
      }))
      expect(readBack).toEqual(
        rows.map(({ timestamp, value, series, host, producer }, index) => ({
          timestamp: timestamp + 0,
          value,
          series: createSeries(series, host === '' ? [] : [`host=${host}`]),
          producer,
          line: index + 2,
        })),
      )
    }),
  )
})

test('law: any bytes lead to rows and errors that the chunks make no difference to, and to nothing else', () => {
  const words = [
    'time',
    'timestamp',
    'value',
    'series',
    'tags',
    'arrives',
    'producer',
    'temp',
    '1',
    '2026-01-01T00:00:00Z',
    '4.5',
    '1e999',
  ]
  const marks = [',', ',', '\n', '\n', '\r\n', '"', '""', ' ', ';', 'é', '\xff', '\0', '\ufeff']
  const piece = fc.constantFrom(...words, ...marks, 'time,value\n1,2\n')
  const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 })
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), sizes, fc.boolean(), (pieces, cuts, latin1) => {
      const bytes = Buffer.from(pieces.join(''), latin1 ? 'latin1' : 'utf8')
      const attempt = (chunkSizes: readonly number[]) => {
        const errors: FixtureError[] = []
        const options = { file: 'law.csv', series: 'temp', onError: (error: FixtureError) => void errors.push(error) }
        const fixture = readInChunks(bytes, chunkSizes, options)
        return { fixture, errors: errors.map((error) => error.message) }
      }
      const whole = attempt([bytes.length])
      expect(attempt(cuts)).toEqual(whole)
      // Without `onError` the first of the same errors is thrown, and it is one of ours.
      const [first] = whole.errors
      if (first !== undefined) expect(problemOf(bytes).message).toBe(first.replaceAll('law.csv', 'hot.csv'))
      else expect(read(bytes, { series: 'temp' }).rowCount).toBe(whole.fixture.rowCount)
    }),
    { numRuns: 1000 },
  )
})

function read(content: string | Uint8Array, options: Partial<FixtureOptions> = {}): Fixture {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  return readFixture(bytes, { file: 'hot.csv', ...options })
}

function readInChunks(bytes: Uint8Array, sizes: readonly number[], options: FixtureOptions): Fixture {
  const reader = new FixtureReader(options)
  for (let start = 0, turn = 0; start < bytes.length; turn++) {
    const size = sizes[turn % sizes.length]!
    reader.push(bytes.subarray(start, start + size))
    start += size
  }
  return reader.finish()
}

function problem(content: string | Uint8Array, options: Partial<FixtureOptions> = { series: 'temp' }): string {
  return problemOf(content, options).message
}

function problemOf(content: string | Uint8Array, options: Partial<FixtureOptions> = { series: 'temp' }): FixtureError {
  try {
    read(content, options)
  } catch (error) {
    if (error instanceof FixtureError) return error
    throw error
  }
  throw new Error('expected an error, but the fixture was read')
}

function raise(message: string): never {
  throw new Error(message)
}
