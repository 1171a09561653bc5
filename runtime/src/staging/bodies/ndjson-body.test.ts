import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readBody, type BodyAnswer, type BodyWorld } from '../../../test/read-body.ts'
import { RecordingBatch } from '../../../test/recording-batch.ts'
import { lineBytesMax } from './line-splitter.ts'
import { NdjsonBody } from './ndjson-body.ts'

test('one object per line is one sample', () => {
  const body = `{"series":"temp","value":21.5,"timestamp":1767225600000000,"tags":["sensor=1","indoor"]}
{"timestamp":-5,"value":-3e2,"series":"load"}
`
  expect(read(body)).toEqual({
    samples: ['temp{indoor,sensor=1} 21.5 @1767225600000000', 'load -300 @-5'],
    accepted: 2,
    rejected: 0,
    errors: [],
  })
})

test('tags may be an object, whose empty texts are not tags', () => {
  const body = '{"series":"temp","value":1,"timestamp":0,"tags":{"sensor":1,"site":"a b","on":true,"rack":""}}'
  expect(read(body).samples).toEqual(['temp{on=true,sensor=1,site=a b} 1 @0'])
})

test('numbers among the tags keep their digits: two devices are two series', () => {
  const line = (id: string) => `{"series":"temp","value":1,"timestamp":0,"tags":{"id":${id}}}`
  const body = ['9007199254740993', '9007199254740992', '1e400', '1.0'].map(line).join('\n')
  expect(read(body).samples).toEqual([
    'temp{id=9007199254740993} 1 @0',
    'temp{id=9007199254740992} 1 @0',
    'temp{id=1e400} 1 @0',
    'temp{id=1} 1 @0',
  ])
})

test('a timestamp is an integer of microseconds or a string; without one it is now', () => {
  const line = (timestamp: unknown) => JSON.stringify({ series: 's', value: 1, timestamp })
  const body = ['2026-01-01T00:00:07.000001Z', '2026-01-01 00:00:08', '9', undefined].map(line).join('\n')
  expect(read(body).samples).toEqual(['s 1 @1767225607000001', 's 1 @1767225608000000', 's 1 @9', 's 1 @42'])
})

test('zero has no sign', () => {
  const sink = new RecordingBatch()
  read('{"series":"s","value":1,"timestamp":-0}', { sink })
  expect([...sink.timestamps.subarray(0, sink.count)]).toEqual([0])
})

test('the events that a replay prints are taken as they are', () => {
  const printed = '{"kind":"event","at":7,"timestamp":5,"series":"hourly","value":2,"tags":["a=1"]}'
  expect(read(printed).samples).toEqual(['hourly{a=1} 2 @5'])
  expect(reasonOf('{"kind":"log","at":7,"stream":"stdout","text":"x"}')).toMatch(/^unknown key "kind"/)
})

test('blank lines are skipped, and lines are counted with them', () => {
  expect(read('\ufeff\r\n  \t\n{"series":"s","value":1,"timestamp":0}\r\n\nx')).toMatchObject({
    samples: ['s 1 @0'],
    errors: [{ line: 5 }],
  })
})

test('a bad line is named with its reason, and the next one is read', () => {
  const good = '{"series":"s","value":1,"timestamp":0}'
  const answer = read(`${good}\n{"series":"s"}\n${good}\n`)
  expect(answer).toMatchObject({ accepted: 2, rejected: 1 })
  expect(answer.errors).toEqual([{ line: 2, reason: 'value is missing, expected a number' }])
})

test.each([
  ['{"series":"s"', /^the line "\{"series":"s"" is not JSON \(.+\), expected one whole object per line$/],
  [
    '[{"series":"s","value":1}]',
    'the line is a list, expected an object: write each object of the array on its own line',
  ],
  ['7', 'the line is 7, expected an object'],
  ['null', 'the line is null, expected an object'],
  ['{"series":"s","vlaue":1}', 'unknown key "vlaue"; did you mean "value"? known keys: series, value, timestamp, tags'],
  ['{"__proto__":{"series":"s"},"value":1}', 'unknown key "__proto__"; known keys: series, value, timestamp, tags'],
  ['{"value":1}', 'series is missing, expected a string'],
  ['{"series":["s"],"value":1}', 'series is a list, expected a string'],
  ['{"series":"","value":1}', 'series name is empty'],
  ['{"series":"s","value":"1"}', 'value is the string "1", expected a number'],
  ['{"series":"s","value":null}', 'value is null, expected a number'],
  ['{"series":"s","value":1e999}', 'value is too large for a double'],
  [
    '{"series":"s","value":1,"timestamp":1767225600000000001}',
    'timestamp 1767225600000000001 is out of range or not an integer, ' +
      'expected an integer (us since 1970) within ±9007199254740991',
  ],
  ['{"series":"s","value":1,"timestamp":0.5}', /^timestamp 0\.5 is out of range or not an integer/],
  [
    '{"series":"s","value":1,"timestamp":"now"}',
    /^timestamp "now" is not a timestamp, expected an integer .+ RFC 3339/,
  ],
  ['{"series":"s","value":1,"timestamp":null}', /^timestamp is null, expected /],
  ['{"series":"s","value":1,"tags":"a=1"}', /^tags is the string "a=1", expected a list \["sensor=1"\] or an object/],
  ['{"series":"s","value":1,"tags":[1]}', 'a tag is 1, expected a string'],
  ['{"series":"s","value":1,"tags":[""]}', 'tag is empty'],
  ['{"series":"s","value":1,"tags":{"a":null}}', 'tag "a" is null, expected a string, a number, true or false'],
  ['{"series":"s","value":1,"tags":["a\\n=1"]}', /^tag "a\\n=1" contains the control character U\+000a$/],
])('%s is refused', (line, reason) => {
  if (typeof reason === 'string') expect(reasonOf(line)).toBe(reason)
  else expect(reasonOf(line)).toMatch(reason)
})

test('a line that is not UTF-8 is a separate error', () => {
  const bytes = Buffer.from('{"series":"caf\xe9","value":1}\n{"series":"s","value":1,"timestamp":0}\n', 'latin1')
  expect(read(bytes)).toMatchObject({
    samples: ['s 1 @0'],
    errors: [{ line: 1, reason: 'the line is not valid UTF-8' }],
  })
})

test('a line that is too long is a separate error, and no reason is long', () => {
  const long = 'x'.repeat(lineBytesMax)
  const answer = read(`{"series":"${long}"}\n{"series":"\\n${long.slice(100)}","value":1}\n{"series":"s","value":1}\n`)
  expect(answer).toMatchObject({ accepted: 1, rejected: 2 })
  expect(answer.errors[0]).toEqual({ line: 1, reason: 'the line is longer than 1048576 bytes' })
  expect(answer.errors[1]!.reason.length).toBeLessThan(500)
})

test('what the sink refuses is reported', () => {
  const sink = new RecordingBatch({ timestampMax: 10 })
  const answer = read('{"series":"s","value":1,"timestamp":11}\n{"series":"s","value":1,"timestamp":10}', { sink })
  expect(answer).toMatchObject({ samples: ['s 1 @10'], errors: [{ line: 1, reason: 'timestamp 11 is too late' }] })
})

test('a long text is refused before it becomes the key of an object', () => {
  const long = 'k'.repeat(8192)
  const escaped = String.raw`\u0041`.repeat(1024)
  expect(reasonOf(`{"series":"s","value":1,"${long}":1}`)).toBe(
    'the line has a text of more than 8192 bytes in quotes, expected names and tags of at most 1024 bytes',
  )
  expect(reasonOf(`{"series":"s","value":1,"tags":["a\\"${long}"]}`)).toContain('more than 8192 bytes')
  const tags = [1, 2, 3].map((index) => `"${index}${escaped.slice(6)}"`).join()
  expect(read(`{"series":"s","value":1,"tags":[${tags}]}`).accepted).toBe(1)
})

test('only the first hundred errors are listed, all are counted', () => {
  const answer = read('x\n'.repeat(250))
  expect(answer.rejected).toBe(250)
  expect(answer.errors).toHaveLength(100)
})

test('law: what was written is read, however it is cut', () => {
  const text = fc.string({ unit: fc.constantFrom(...'ab\\"é😀,'), minLength: 1, maxLength: 5 })
  const sample = fc.record({
    series: text,
    value: fc.double({ noDefaultInfinity: true, noNaN: true }),
    timestamp: fc.maxSafeInteger(),
    tags: fc.uniqueArray(text, { maxLength: 3 }),
  })
  const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 })
  fc.assert(
    fc.property(fc.array(sample), sizes, (samples, cuts) => {
      const answer = read(samples.map((each) => `${JSON.stringify(each)}\n`).join(''), { sizes: cuts })
      expect(answer.samples).toEqual(
        samples.map(({ series, value, timestamp, tags }) => {
          const label = tags.length === 0 ? series : `${series}{${tags.sort().join(',')}}`
          return `${label} ${value + 0} @${timestamp + 0}`
        }),
      )
    }),
  )
})

function read(body: string | Uint8Array, world: BodyWorld = {}): BodyAnswer {
  return readBody((sink, report) => new NdjsonBody(sink, report, { now: () => 42 }), body, world)
}

function reasonOf(line: string): string {
  const { errors, accepted } = read(line)
  expect(accepted).toBe(0)
  expect(errors).toHaveLength(1)
  return errors[0]!.reason
}
