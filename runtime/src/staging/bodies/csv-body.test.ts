import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readBody, type BodyAnswer, type BodyWorld } from '../../../test/read-body.ts'
import { RecordingBatch } from '../../../test/recording-batch.ts'
import { CsvBody, type CsvBodyOptions } from './csv-body.ts'

test('a fixture can be sent as it is: the sender of a row and its time of arrival are ignored', () => {
  const body = `timestamp,series,value,producer,tags,arrives,host
2026-01-01T00:00:00Z,temp,41.5,edge-a,indoor;muted,2026-01-01T00:00:05Z,a
1767225601000000,load,-3e2,0,,never,
`
  expect(read(body)).toEqual({
    samples: ['temp{host=a,indoor,muted} 41.5 @1767225600000000', 'load -300 @1767225601000000'],
    accepted: 2,
    rejected: 0,
    errors: [],
  })
})

test('options fill what the file leaves out', () => {
  const options: CsvBodyOptions = { series: 'temp', tags: ['site=x'], timeUnit: 's' }
  expect(read('time,value,sensor\n7,1,\n8,2,b\n', options).samples).toEqual([
    'temp{site=x} 1 @7000000',
    'temp{sensor=b,site=x} 2 @8000000',
  ])
  expect(() => read('', { tags: ['a\nb'] })).toThrow('contains the control character')
})

test('a row reaches the sink as soon as it is read', () => {
  const sink = new RecordingBatch()
  const seen: number[] = []
  readBody(
    (into, report) => {
      const reader = new CsvBody(into, report, {})
      return {
        push: (chunk) => {
          reader.push(chunk)
          seen.push(sink.samples.length)
        },
        finish: () => reader.finish(),
      }
    },
    'time,series,value\n1,s,1\n2,s,2\n3,s,3',
    { sizes: [18, 6], sink },
  )
  expect(seen).toEqual([0, 1, 2])
  expect(sink.samples).toHaveLength(3)
})

test('a bad row is named with its line and reason, and the next one is read', () => {
  const answer = read('time,series,value\n1,s,x\n2,s\n3,s,3\n4,,4\n5,s"s,5\n6,s,6\n', {})
  expect(answer).toMatchObject({ samples: ['s 3 @3', 's 6 @6'], accepted: 2, rejected: 4 })
  expect(answer.errors).toEqual([
    { line: 2, reason: 'value "x" is not a number' },
    { line: 3, reason: 'the row has 2 cells, expected 3 as in the header' },
    {
      line: 5,
      reason: 'series is empty: fill the cell, or name the series of such rows (the parameter series=NAME)',
    },
    { line: 6, reason: 'cell 2 contains a quote, expected quotes around the whole cell (and doubled inside) or none' },
  ])
})

test('a useless header is the only error', () => {
  expect(read('time,value\n1,2\n3,4\n')).toEqual({
    samples: [],
    accepted: 0,
    rejected: 1,
    errors: [
      {
        line: 1,
        reason:
          'no column "series", found "time", "value": ' +
          'add it, or name the series of all rows (the parameter series=NAME)',
      },
    ],
  })
})

test('an empty body has no samples', () => {
  for (const body of ['', '\n', 'time,series,value\n']) expect(read(body)).toMatchObject({ accepted: 0, rejected: 0 })
})

test('what the sink refuses is reported, and a sample that is refused leaves no series behind', () => {
  const sink = new RecordingBatch({ seriesMax: 1, timestampMax: 10 })
  expect(read('time,series,value\n11,a,1\n1,b,2\n2,a,3\n', {}, { sink })).toMatchObject({
    samples: ['b 2 @1'],
    errors: [
      { line: 2, reason: 'timestamp 11 is too late' },
      { line: 4, reason: 'there are too many series' },
    ],
  })
})

test('law: any bytes lead to samples and errors, whatever the chunks, and to nothing else', () => {
  const piece = fc.constantFrom('1', 'a', 'é', ',', ',', '\n', '"', ' ', '\xff', '1,s,2\n', '2,s,3,\n')
  const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 })
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), sizes, (pieces, cuts) => {
      const body = Buffer.from(`time,series,value\n${pieces.join('')}`, 'latin1')
      const whole = read(body)
      expect(read(body, {}, { sizes: cuts })).toEqual(whole)
      expect(whole.accepted).toBe(whole.samples.length)
    }),
    { numRuns: 500 },
  )
})

function read(body: string | Uint8Array, options: CsvBodyOptions = {}, world: BodyWorld = {}): BodyAnswer {
  return readBody((sink, report) => new CsvBody(sink, report, options), body, world)
}
