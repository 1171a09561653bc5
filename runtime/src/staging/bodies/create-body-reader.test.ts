import { expect, test } from 'vitest'
import { readBody } from '../../../test/read-body.ts'
import { RecordingBatch } from '../../../test/recording-batch.ts'
import { IngestReport } from './body-reader.ts'
import { createBodyReader } from './create-body-reader.ts'

test.each([
  ['application/x-ndjson', '{"series":"s","value":1}', 's 1 @42'],
  ['application/json', '{"series":"s","value":1}', 's 1 @42'],
  ['Text/CSV; charset="UTF-8"; header=present', 'time,series,value\n7,s,1', 's 1 @7'],
  ['text/plain; charset=utf-8', 's value=1', 's 1 @42'],
  ['application/vnd.influx.line-protocol', 's value=1 7000', 's 1 @7'],
])('%s is read', (type, body, sample) => {
  expect(read(type, body)).toEqual([sample])
})

test('each format has its own parameters', () => {
  expect(read('text/plain', 's value=1 7', 'precision=ms')).toEqual(['s 1 @7000'])
  expect(read('text/csv', 'time,value\n7,1', 'series=a%20b&tags=k%3Dv%3B%20indoor&time_unit=s')).toEqual([
    'a b{indoor,k=v} 1 @7000000',
  ])
})

test.each([
  ['application/x-ndjson', '{"series":"s","value":1}\n'],
  ['text/csv', 'time,series,value\n', '7,s,1\n'],
  ['text/plain', 's value=1\n'],
])('a body of %s forgets series that are removed while it arrives', (type, ...lines) => {
  const sink = new RecordingBatch()
  const reader = createBodyReader(type, new URLSearchParams(), sink, new IngestReport(), () => 42)
  const push = () => reader.push(Buffer.from(lines.at(-1) ?? ''))
  for (const line of lines) reader.push(Buffer.from(line))
  push()
  sink.removeSeries()
  push()
  push()
  expect([...sink.series.subarray(0, sink.count)]).toEqual([0, 0, 1, 1])
})

const supported =
  'expected application/x-ndjson or application/json (one object per line), text/csv (a fixture), ' +
  'text/plain or application/vnd.influx.line-protocol (InfluxDB line protocol)'

test.each([
  [undefined, `the content type is missing, ${supported}`],
  [
    'application/ndjson',
    `the content type "application/ndjson" is not supported, ${supported}; did you mean "application/x-ndjson"?`,
  ],
  [
    'application/x-www-form-urlencoded',
    `the content type "application/x-www-form-urlencoded" is not supported, ${supported}; ` +
      'with curl, add -H "Content-Type: application/x-ndjson"',
  ],
  ['image/png', `the content type "image/png" is not supported, ${supported}`],
  ['text/csv; charset=latin1', 'the charset "latin1" is not supported, expected utf-8'],
])('the content type %s is refused', (type, message) => {
  expect(refusalOf(type)).toEqual({ code: 'unsupported-media-type', message })
})

test.each([
  [
    'text/csv',
    'tiem_unit=s',
    'unknown parameter "tiem_unit", text/csv takes series, tags, time_unit; did you mean "time_unit"?',
  ],
  ['text/plain', 'bucket=b', 'unknown parameter "bucket", text/plain takes precision'],
  ['application/json', 'series=s', 'unknown parameter "series", application/json takes none'],
  ['text/csv', 'series=a&series=b', 'parameter series is given 2 times, expected once'],
  ['text/csv', 'series=', 'parameters series and tags: series name is empty'],
  ['text/csv', 'tags=a%0a1', 'parameters series and tags: tag "a\\n1" contains the control character U+000a'],
  [
    'text/csv',
    'time_unit=sec',
    'parameter time_unit: unknown time unit "sec", expected s, ms, us, ns; did you mean "s"?',
  ],
  [
    'text/plain',
    'precision=u',
    'parameter precision: unknown time unit "u", expected s, ms, us, ns; did you mean "us"?',
  ],
])('of %s, the parameter %s is refused', (type, parameters, message) => {
  expect(refusalOf(type, parameters)).toEqual({ code: 'bad-parameter', message })
})

function read(type: string | undefined, body: string, parameters = ''): readonly string[] {
  const { samples, errors } = readBody(
    (sink, report) => createBodyReader(type, new URLSearchParams(parameters), sink, report, () => 42),
    body,
  )
  expect(errors).toEqual([])
  return samples
}

function refusalOf(type: string | undefined, parameters = ''): { code: string; message: string } {
  try {
    read(type, '', parameters)
  } catch (error) {
    const { code, message } = error as Error & { code: string }
    return { code, message }
  }
  throw new Error('it was not refused')
}
