import fc from 'fast-check'
import { noProducer, SlungError } from '@slung/runtime'
import { expect, test } from 'vitest'
import { expandValues, inlineFixture, parseSeriesKey, type InlineSeries } from './inline-series.ts'

/** The refusal of an attempt. */
function refusal(attempt: () => unknown): string {
  try {
    attempt()
  } catch (error) {
    if (error instanceof SlungError) return `${error.code}: ${error.message}`
    throw error
  }
  return 'it is not refused'
}

test('the notation of promtool is expanded', () => {
  expect(expandValues('1')).toEqual([1])
  expect(expandValues('1x3')).toEqual([1, 1, 1, 1])
  expect(expandValues('-2+4x3')).toEqual([-2, 2, 6, 10])
  expect(expandValues(' 1-2x4')).toEqual([1, -1, -3, -5, -7])
  expect(expandValues('1 _ _x3 4')).toEqual([1, null, null, null, null, 4])
  expect(expandValues('_x0 5x0 5+1x0')).toEqual([5, 5])
  expect(expandValues('1e3 +1.5e-3 .5 5. 1e+3x1 1e1-1e-1x1\n-0')).toEqual([
    1000, 0.0015, 0.5, 5, 1000, 1000, 10, 9.9, 0,
  ])
  // Not a hexadecimal number: zero, and ten more of it.
  expect(expandValues('0x10')).toEqual(Array(11).fill(0))
})

test('steps are added as decimals', () => {
  expect(expandValues('20+0.1x3')).toEqual([20, 20.1, 20.2, 20.3])
  expect(expandValues('1-0.9x2')).toEqual([1, 0.1, -0.8])
  expect(expandValues('1e-7+1e7x1 5e-400+1x1')).toEqual([1e-7, 10000000.0000001, 0, 1])
  expect(expandValues('0+0.001x999999').at(-1)).toBe(999.999)
})

test('every sum is exact in decimals', () => {
  const amount = fc.integer({ min: -1_000_000, max: 1_000_000 })
  fc.assert(
    fc.property(amount, amount, fc.integer({ min: 0, max: 8 }), fc.nat(200), (start, step, places, times) => {
      const decimal = (digits: number): string => {
        const padded = String(Math.abs(digits)).padStart(places + 1, '0')
        const at = padded.length - places
        return `${digits < 0 ? '-' : ''}${padded.slice(0, at)}.${padded.slice(at)}`
      }
      const word = `${decimal(start)}${step < 0 ? '' : '+'}${decimal(step)}x${times}`
      const sums = Array.from({ length: times + 1 }, (_, index) => Number(decimal(start + index * step)) + 0)
      expect(expandValues(word)).toEqual(sums)
    }),
  )
})

test('words are counted as written, whatever the spaces', () => {
  const word = fc.oneof(
    fc.nat(20).map((times) => ({ text: `_x${times}`, samples: Array<null>(times).fill(null) })),
    fc.nat(20).map((times) => ({ text: `7x${times}`, samples: Array<number>(times + 1).fill(7) })),
    fc.constant({ text: '_', samples: [null] }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => ({ text: `${value}`, samples: [value + 0] })),
  )
  fc.assert(
    fc.property(fc.array(word), fc.constantFrom(' ', '\n  ', '\t'), (words, space) => {
      const text = ['1', ...words.map((each) => each.text)].join(space)
      expect(expandValues(text)).toEqual([1, ...words.flatMap((each) => each.samples)])
    }),
  )
})

test('a word that is not a value is refused with its place', () => {
  expect(refusal(() => expandValues('20+0.1x360 _x6 4l'))).toMatchInlineSnapshot(
    `"bad-input: cannot read the values: "4l" at offset 15 is not a value, expected numbers (20, 20x3, 20+0.1x3) and missing samples (_, _x3) with spaces between"`,
  )
  expect(refusal(() => expandValues('20+0.1'))).toMatchInlineSnapshot(
    `"bad-input: cannot read the values: "20+0.1" at offset 0 gives no number of steps, expected 20+0.1x3"`,
  )
  expect(refusal(() => expandValues('1 _+1x3'))).toMatchInlineSnapshot(
    `"bad-input: cannot read the values: "_+1x3" at offset 2 has a step, expected _ or _x3"`,
  )
  expect(refusal(() => expandValues('1 2 stale'))).toMatchInlineSnapshot(
    `"bad-input: cannot read the values: "stale" at offset 4 ends a series in promtool; here a series ends with its last sample, expected _ for a missing one"`,
  )
  expect(refusal(() => expandValues('1e308+1e308x3'))).toMatchInlineSnapshot(
    `"bad-input: cannot read the values: "1e308+1e308x3" at offset 0 leads to a number that is too large for a double"`,
  )
  expect(refusal(() => expandValues(' '))).toMatchInlineSnapshot(
    `"bad-input: cannot read the values " ": there are none, expected numbers (20, 20x3, 20+0.1x3) and missing samples (_, _x3) with spaces between"`,
  )
  for (const word of ['NaN', 'Inf', '1,2', '1x', 'x3', '1x-3', '1x2.5', '1+x3', '--1', '1X3', '1e', '_3', '0x1f']) {
    expect(refusal(() => expandValues(`1 ${word}`))).toMatch(/^bad-input: .* at offset 2 /)
  }
})

test('there are at most 1,000,000 samples, missing ones included', () => {
  expect(expandValues('1x499999 _x500000')).toHaveLength(1_000_000)
  expect(refusal(() => expandValues('1x499999 _x500001'))).toMatchInlineSnapshot(
    `"bad-input: cannot read the values: "_x500001" at offset 9 brings the total to more than 1,000,000, expected at most that many"`,
  )
  expect(refusal(() => expandValues('1+1x99999999999999999999'))).toMatch('more than 1,000,000')
})

test('a key has a name, tags and a producer', () => {
  const read = (text: string): unknown => {
    const { series, producer } = parseSeriesKey(text)
    return [series.name, series.tags, producer]
  }
  expect(read('temp')).toEqual(['temp', [], null])
  expect(read('temp{}')).toEqual(['temp', [], null])
  expect(read(' temp { } ')).toEqual(['temp', [], null])
  expect(read('temp{sensor=1, producer=edge-a}')).toEqual(['temp', ['sensor=1'], 'edge-a'])
  expect(read('temp{muted,sensor = 1 , producer = 7,}')).toEqual(['temp', ['muted', 'sensor=1'], '7'])
  expect(read('temp{path=a=b, producer="edge a"}')).toEqual(['temp', ['path=a=b'], 'edge a'])
  expect(read(String.raw`temp{host=" a, {b} ", say="\"hi\" \\"}`)).toEqual([
    'temp',
    ['host= a, {b} ', 'say="hi" \\'],
    null,
  ])
})

test('quoted tags are read unchanged', () => {
  const text = fc.string({ unit: fc.constantFrom('a', ' ', '"', '\\', ',', '{', '}', '=', 'é'), minLength: 1 })
  fc.assert(
    fc.property(text, text, (host, producer) => {
      const quoted = (value: string): string => `"${value.replaceAll(/["\\]/g, '\\$&')}"`
      const key = `temp{host=${quoted(host)}, producer=${quoted(producer)}}`
      expect(parseSeriesKey(key)).toEqual({ series: { name: 'temp', tags: [`host=${host}`] }, producer })
    }),
  )
})

test('a malformed key is refused with the problem', () => {
  const refusals = [
    'temp{sensor=1',
    'temp{host="a}',
    'temp{host="a"b}',
    'temp{a{b}}',
    'temp{a} b',
    'temp}',
    'temp{host=}',
    'temp{host=""}',
    'temp{=1}',
    'temp{a,,b}',
    'temp{producer}',
    'temp{producer=a, producer=b}',
    'temp{producer=0}',
    '{a}',
    '',
  ].map((key) => refusal(() => parseSeriesKey(key)))
  expect(refusals).toMatchInlineSnapshot(`
    [
      "bad-input: cannot read the series "temp{sensor=1": its "{" is not closed, expected "}" at the end",
      "bad-input: cannot read the series "temp{host=\\"a}": "host=\\"a}" is not a tag, expected KEY=VALUE, with the value in double quotes if it contains one of , { } "",
      "bad-input: cannot read the series "temp{host=\\"a\\"b}": "host=\\"a\\"b}" is not a tag, expected KEY=VALUE, with the value in double quotes if it contains one of , { } "",
      "bad-input: cannot read the series "temp{a{b}}": "a{b}}" is not a tag, expected KEY=VALUE, with the value in double quotes if it contains one of , { } "",
      "bad-input: cannot read the series "temp{a} b": "b" follows its "}", expected nothing",
      "bad-input: cannot read the series "temp}": its "}" has no "{" before it, expected NAME or NAME{TAG, …}",
      "bad-input: cannot read the series "temp{host=}": "host" has no value, expected host=VALUE",
      "bad-input: cannot read the series "temp{host=\\"\\"}": "host" has no value, expected host=VALUE",
      "bad-input: cannot read the series "temp{=1}": "=1" has no key, expected KEY=VALUE",
      "bad-input: cannot read the series "temp{a,,b}": a comma in it has no tag before it, expected KEY=VALUE",
      "bad-input: cannot read the series "temp{producer}": "producer" has no value, expected producer=NAME",
      "bad-input: cannot read the series "temp{producer=a, producer=b}": it has two producers, expected one",
      "bad-input: cannot read the series "temp{producer=0}": producer "0" is a number but not a connection id, expected a name or a whole number from 1 to 9007199254740991",
      "bad-input: cannot read the series "{a}": series name is empty",
      "bad-input: cannot read the series "": series name is empty",
    ]
  `)
})

const series: InlineSeries = {
  key: 'temp{sensor=1, producer=edge-a}',
  everyMicros: 10,
  values: '20+0.1x1 _x2 41',
  startMicros: 100,
  file: 'hot.slung.yaml',
  line: 3,
}

test('a fixture has a row for every sample that is not missing', () => {
  expect(inlineFixture(series)).toEqual({
    file: 'hot.slung.yaml',
    count: 3,
    timestamps: Float64Array.of(100, 110, 140),
    arrives: Float64Array.of(100, 110, 140),
    values: Float64Array.of(20, 20.1, 41),
    lines: Uint32Array.of(3, 3, 3),
    series: Uint32Array.of(0, 0, 0),
    producers: Float64Array.of(1, 1, 1),
    seriesTable: [{ name: 'temp', tags: ['sensor=1'] }],
    producerNames: ['edge-a'],
  })
})

test('a fixture without a producer, and one without samples', () => {
  expect(inlineFixture({ ...series, key: 'temp' })).toMatchObject({
    producers: new Float64Array(3).fill(noProducer),
    producerNames: [],
  })
  expect(inlineFixture({ ...series, values: '_x5' })).toMatchObject({ count: 0, timestamps: new Float64Array(0) })
})

test('values must have times', () => {
  expect(refusal(() => inlineFixture({ ...series, everyMicros: 0 }))).toMatchInlineSnapshot(
    `"bad-input: cannot read the series "temp{sensor=1, producer=edge-a}": its interval is 0 µs, expected a whole number from 1"`,
  )
  expect(refusal(() => inlineFixture({ ...series, everyMicros: 1e15, values: '1x10' }))).toMatchInlineSnapshot(
    `"bad-input: cannot read the series "temp{sensor=1, producer=edge-a}": its 11 values reach beyond the range of timestamps"`,
  )
})
