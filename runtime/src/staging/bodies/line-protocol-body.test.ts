import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readBody, type BodyAnswer, type BodyWorld } from '../../../test/read-body.ts'
import { RecordingBatch } from '../../../test/recording-batch.ts'
import type { TimeUnit } from '../../engine/model/parse-timestamp.ts'
import { LineProtocolBody } from './line-protocol-body.ts'
import { lineBytesMax } from './line-splitter.ts'

test('each numeric field is a sample of the series measurement_field', () => {
  const body = `# a comment
weather,site=a,sensor=1 temp=21.5,humidity=40 1767225600000000000
cpu value=7 1000

  # another
load,host=b value=0.25
`
  expect(read(body)).toEqual({
    samples: [
      'weather_temp{sensor=1,site=a} 21.5 @1767225600000000',
      'weather_humidity{sensor=1,site=a} 40 @1767225600000000',
      'cpu 7 @1',
      'load{host=b} 0.25 @42',
    ],
    accepted: 4,
    rejected: 0,
    errors: [],
  })
})

test('integers, unsigned integers and booleans become numbers', () => {
  const body = 'm a=-7i,b=7u,c=1e3,d=-.5,e=t,f=TRUE,g=True,h=false,i=F,j=+1 0'
  const values = read(body).samples.map((sample) => sample.split(' ')[1])
  expect(values).toEqual(['-7', '7', '1000', '-0.5', '1', '1', '1', '0', '0', '1'])
})

test('a field of text is rejected with its reason, the others of the line are kept', () => {
  const answer = read('m a=1,note="calm, \\"cool\\" = x",b=2 0')
  expect(answer).toMatchObject({ samples: ['m_a 1 @0', 'm_b 2 @0'], accepted: 2, rejected: 1 })
  expect(answer.errors).toEqual([
    { line: 1, reason: 'field "note" is a string; only numbers, true and false can be stored' },
  ])
  expect(read('m a="\\\\",b=2 0').samples).toEqual(['m_b 2 @0'])
})

test('commas, spaces and equals signs are escaped by a backslash, which is literal elsewhere', () => {
  expect(read('my\\,mea\\ sure,ta\\=g=a\\ b\\,c fi\\=e\\ ld=1 0').samples).toEqual([
    'my,mea sure_fi=e ld{ta=g=a b,c} 1 @0',
  ])
  expect(read('m,path=C:\\dir\\new,k=\\\\ x value=1 0').errors).toEqual([])
  expect(read('m,path=C:\\dir value=1 0').samples).toEqual(['m{path=C:\\dir} 1 @0'])
  expect(read('a\\=b value=1 0').samples).toEqual(['a\\=b 1 @0'])
})

test('spaces between the parts may be several, and quotes in names are ordinary', () => {
  expect(read('  m,t="x"   value=1   1000  \r\n').samples).toEqual(['m{t="x"} 1 @1'])
})

test('timestamps count in the precision that was asked for', () => {
  const times = (precision: TimeUnit, ...timestamps: string[]) =>
    read(timestamps.map((timestamp) => `m value=1 ${timestamp}\n`).join(''), { precision }).samples.map((sample) =>
      Number(sample.split('@')[1]),
    )
  expect(times('ns', '1767225600123456789', '-1', '999')).toEqual([1_767_225_600_123_456, -1, 0])
  expect(times('us', '1767225600123456')).toEqual([1_767_225_600_123_456])
  expect(times('ms', '1767225600123')).toEqual([1_767_225_600_123_000])
  expect(times('s', '1767225600')).toEqual([1_767_225_600_000_000])
})

test.each([
  ['m', 'the line "m" has no fields, expected measurement[,tag=value…] field=value[,field=value…] [timestamp]'],
  ['m,a=1', /^the line "m,a=1" has no fields/],
  ['m value', 'field "value" has no value, expected field=value'],
  ['m a,b=1', 'field "a" has no value, expected field=value'],
  ['m a b=1', 'field "a" has no value, expected field=value'],
  ['m a=1,', 'a field has no name in ""'],
  ['m =1', 'a field has no name in "=1"'],
  ['m a="x', 'the string of field "a" is not closed on its line; a string cannot hold a line break'],
  ['m a="x\\"', /^the string of field "a" is not closed/],
  ['m a="x"y', 'something follows the string of field "a", expected a comma, a space or the end of the line'],
  ['m a= 1', 'field "a" has no value, expected a number, true or false'],
  ['m a=x', 'field "a" has the value "x", expected a number, true or false'],
  ['m a=tru', 'field "a" has the value "tru", expected a number, true or false'],
  ['m a=1.5i', 'field "a" has the value "1.5i", expected a number, true or false'],
  ['m a=-1u', 'field "a" has the value "-1u", expected a number, true or false'],
  ['m a=NaN', 'field "a" has the value "NaN", expected a number, true or false'],
  ['m a=1e999', 'field "a" has the value "1e999", which is too large for a double'],
  ['m,a value=1', 'tag "a" has no value, expected key=value'],
  ['m,=1 value=1', 'tag "=1" has no key, expected key=value'],
  ['m,a= value=1', 'tag "a=" has an empty value, expected key=value'],
  [',a=1 value=1', 'the measurement is missing, expected a name before the tags'],
  [
    'm value=1 12:00',
    'timestamp "12:00" is not an integer, expected ns since 1970 (the parameter precision says which unit: ns, us, ms or s)',
  ],
  ['m value=1 1 2', /^timestamp "1 2" is not an integer/],
  ['m value=1 1.5', /^timestamp "1\.5" is not an integer/],
  ['m value=1 9223372036854775808', /^timestamp "9223372036854775808" is out of range, expected ns/],
])('%s is refused', (line, reason) => {
  const { accepted, errors } = read(line)
  expect(accepted).toBe(0)
  expect(errors).toHaveLength(1)
  expect(errors[0]!.reason).toMatch(reason instanceof RegExp ? reason : new RegExp(`^${RegExp.escape(reason)}$`))
})

test('a line that cannot be cut counts once, and the next one is read', () => {
  const answer = read('m a=1,b\nm a=1,b=2 x\nm a=1,b=2 0\n')
  expect(answer).toMatchObject({ samples: ['m_a 1 @0', 'm_b 2 @0'], accepted: 2, rejected: 2 })
  expect(answer.errors.map(({ line }) => line)).toEqual([1, 2])
})

test('what is not UTF-8 is an error of its line', () => {
  const body = Buffer.from('caf\xe9 value=1 0\nm,a=\xff value=1 0\nm caf\xe9=1 0\nm value=1 0\n# \xff', 'latin1')
  const answer = read(body)
  expect(answer.samples).toEqual(['m 1 @0'])
  expect(answer.errors.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
    '1 measurement and tags "caf\ufffd" is not valid UTF-8',
    '2 measurement and tags "m,a=\ufffd" is not valid UTF-8',
    '3 field "caf\ufffd" is not valid UTF-8',
  ])
})

test('a line that is too long is a separate error', () => {
  expect(read(`${'x'.repeat(lineBytesMax + 1)} value=1\nm value=1 0`)).toMatchObject({
    samples: ['m 1 @0'],
    errors: [{ line: 1, reason: 'the line is longer than 1048576 bytes' }],
  })
})

test('what the sink refuses is reported, field by field', () => {
  const sink = new RecordingBatch({ seriesMax: 1 })
  expect(read('m a=1,b=2 0\nm b=3,a=4 1000', { sink })).toMatchObject({
    samples: ['m_a 1 @0', 'm_a 4 @1'],
    errors: [
      { line: 1, reason: 'there are too many series' },
      { line: 2, reason: 'there are too many series' },
    ],
  })
})

test('law: what was written is read, however it is cut', () => {
  const name = fc.string({ unit: fc.constantFrom(...'ab ,=é'), minLength: 1, maxLength: 5 })
  const escape = (text: string, marks: RegExp) => text.replaceAll(marks, '\\$&')
  const sample = fc.record({
    measurement: name.filter((text) => !text.startsWith(' ')),
    key: name,
    value: name,
    field: name,
    number: fc.double({ noDefaultInfinity: true, noNaN: true }),
    timestamp: fc.maxSafeInteger(),
    nanos: fc.integer({ min: 0, max: 999 }),
  })
  const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 })
  fc.assert(
    fc.property(fc.array(sample), sizes, (samples, cuts) => {
      const lines = samples.map(({ measurement, key, value, field, number, timestamp, nanos }) => {
        const head = `${escape(measurement, /[ ,]/g)},${escape(key, /[ ,=]/g)}=${escape(value, /[ ,=]/g)}`
        return `${head} ${escape(field, /[ ,=]/g)}=${number} ${BigInt(timestamp) * 1000n + BigInt(nanos)}\n`
      })
      expect(read(lines.join(''), { sizes: cuts })).toMatchObject({
        errors: [],
        samples: samples.map(
          ({ measurement, key, value, field, number, timestamp }) =>
            `${measurement}_${field}{${key}=${value}} ${number + 0} @${timestamp + 0}`,
        ),
      })
    }),
  )
})

test('law: any bytes lead to samples and errors, whatever the chunks, and to nothing else', () => {
  const piece = fc.constantFrom('m', 'a', '=', ',', ' ', '\\', '"', '1', 'i', 't', '\n', '#', '\xff', 'é', 'm a=1\n')
  const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 })
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), sizes, (pieces, cuts) => {
      const body = Buffer.from(pieces.join(''), 'latin1')
      const whole = read(body)
      expect(read(body, { sizes: cuts })).toEqual(whole)
      expect(whole.accepted).toBe(whole.samples.length)
    }),
    { numRuns: 1000 },
  )
})

function read(
  body: string | Uint8Array,
  { precision, ...world }: BodyWorld & { readonly precision?: TimeUnit } = {},
): BodyAnswer {
  const options = { now: () => 42, ...(precision === undefined ? {} : { precision }) }
  return readBody((sink, report) => new LineProtocolBody(sink, report, options), body, world)
}
