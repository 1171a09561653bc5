/**
 * Bodies of `POST /events` against independent readers: what is taken, and which lines are rejected, agree exactly, in
 * whatever pieces the body arrives; every other case comes through gzip.
 */
import { deepStrictEqual } from 'node:assert/strict'
import { createGunzip, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { SampleBatchBuilder } from '../../src/engine/model/columns.ts'
import { IngestReport } from '../../src/staging/bodies/body-reader.ts'
import { createBodyReader } from '../../src/staging/bodies/create-body-reader.ts'
import { countLines, cutAt, toHex, fromHex } from './bytes.ts'
import {
  now,
  readCsvBodyNaively,
  readLinesNaively,
  readNdjsonNaively,
  type NaiveBody,
  type TimeUnit,
} from './bodies-naive.ts'
import { fuzzLaw, type Fuzz, type Law } from './law.ts'

interface Body {
  readonly type: 'application/x-ndjson' | 'text/csv' | 'text/plain'
  /** As hex, before compression. */
  readonly bytes: string
  readonly unit: TimeUnit
  readonly cuts: readonly number[]
  readonly gzip: boolean
}

const csvDefaults = { series: 'temp', tags: ['from=body'] }

async function read({ type, bytes, unit, cuts, gzip }: Body): Promise<NaiveBody> {
  const series: string[] = []
  const batch = new SampleBatchBuilder({
    intern: ({ name, tags }) => series.push(JSON.stringify([name, ...tags])) - 1,
    latestFor: () => Infinity,
  })
  const report = new IngestReport()
  const reader = createBodyReader(type, new URLSearchParams(parametersOf(type, unit)), batch, report, () => now)
  const plain = fromHex(bytes)
  if (gzip) {
    const gunzip = createGunzip()
    for (const chunk of cutAt(gzipSync(plain, { level: 1 }), cuts)) gunzip.write(chunk)
    gunzip.end()
    for await (const chunk of gunzip) reader.push(chunk as Uint8Array)
  } else {
    for (const chunk of cutAt(plain, cuts)) reader.push(chunk)
  }
  reader.finish()
  deepStrictEqual([report.accepted, report.rejected], [batch.count, report.errors.length])
  const samples = Array.from({ length: batch.count }, (_, index) => {
    return [
      batch.positionOf(index),
      series[batch.series[index]!]!,
      batch.timestamps[index]!,
      batch.values[index]!,
    ] as const
  })
  return { samples, rejected: report.errors.map(({ line }) => line) }
}

function parametersOf(type: Body['type'], unit: TimeUnit): Record<string, string> {
  if (type === 'application/x-ndjson') return {}
  if (type === 'text/plain') return { precision: unit }
  return { time_unit: unit, series: csvDefaults.series, tags: csvDefaults.tags.join(';') }
}

function readNaively({ type, bytes, unit }: Body): NaiveBody {
  const text = Buffer.from(bytes, 'hex').toString('latin1')
  if (type === 'application/x-ndjson') return readNdjsonNaively(text)
  return type === 'text/plain' ? readLinesNaively(text, unit) : readCsvBodyNaively(text, { ...csvDefaults, unit })
}

const word = fc.constantFrom('a', 'b', 'temp', 'é', 'value', 'x y', '\u{1f321}', 'a\\')
const time = fc.oneof(
  { weight: 4, arbitrary: fc.nat().map(String) },
  fc.bigInt(-(2n ** 65n), 2n ** 65n).map(String),
  fc.integer({ min: -2_000_000, max: 2_000_000 }).map(String),
  fc.date({ noInvalidDate: true, min: new Date(-1e13), max: new Date(1e13) }).map((date) => date.toISOString()),
  fc.constantFrom('2026-01-01 00:00:07', '2026-02-29T00:00:00Z', '1969-12-31T23:59:59.9999999+00:01', '', '-', '-0'),
  fc.constantFrom('9007199254740991', '9007199254740992', '-9007199254740991999', '2255-06-05t23:47:34.740991z', '007'),
)
const number = fc.oneof(
  { weight: 3, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map(String) },
  { weight: 2, arbitrary: fc.integer().map(String) },
  fc.constantFrom(
    '1.',
    '.5',
    '+1',
    '1e400',
    '-0',
    '1e',
    '0x1',
    'NaN',
    'Infinity',
    '',
    '1_0',
    '12345678901234567890',
    '1.50',
  ),
)

const jsonNumber = fc.oneof(
  fc.integer().map(String),
  fc.constantFrom('1.50', '-0', '1e2', '12345678901234567890', '1e400'),
)
const jsonText = word.map((text) => JSON.stringify(text))
/** Most lines have none of the odd keys. */
const rarely = (value: fc.Arbitrary<string>): fc.Arbitrary<string | undefined> =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, value)
const ndjsonLine = fc
  .record(
    {
      series: fc.oneof(
        { weight: 5, arbitrary: jsonText },
        fc.constantFrom('1', 'null', '""', '"\\ud800"', '"a\\u0000"'),
      ),
      value: fc.oneof({ weight: 5, arbitrary: jsonNumber }, fc.constantFrom('"1"', 'null', '01', '1.')),
      timestamp: fc.oneof(
        time.map((text) => JSON.stringify(text)),
        fc.integer().map(String),
        jsonNumber,
      ),
      tags: fc.oneof(
        fc.array(jsonText, { maxLength: 3 }).map((tags) => `[${tags.join()}]`),
        fc
          .array(fc.tuple(jsonText, fc.oneof(jsonText, jsonNumber, fc.constantFrom('true', '""', 'null', '[]'))))
          .map((tags) => `{${tags.map(([key, value]) => `${key}:${value}`).join()}}`),
        fc.constantFrom('null', '"a"', '1', '[1]'),
      ),
      ...Object.fromEntries([
        ['kind', rarely(fc.constantFrom('"event"', '"http"', '1'))],
        ['at', rarely(fc.constant('1'))],
        ['sereis', rarely(fc.constant('"a"'))],
      ]),
    },
    { requiredKeys: ['series', 'value'] },
  )
  .map((keys) => {
    const written = Object.entries(keys).flatMap(([key, value]) => (value === undefined ? [] : [`"${key}":${value}`]))
    return `{${written.join()}}`
  })

const escaped = word.map((text) => text.replaceAll(/[ ,=]/g, String.raw`\$&`))
const lineOfPoint = fc
  .tuple(
    escaped,
    fc.array(fc.tuple(escaped, fc.oneof({ weight: 8, arbitrary: escaped }, fc.constant(''))), { maxLength: 2 }),
    fc.array(
      fc.tuple(
        escaped,
        fc.oneof(
          { weight: 4, arbitrary: number },
          fc.constantFrom('1i', '2u', '-1u', 't', 'FALSE', 'tru', '"a, b"', '"a\\"b"', '"'),
        ),
      ),
      {
        maxLength: 3,
      },
    ),
    fc.oneof(time, fc.constant('')),
  )
  .map(([name, tags, fields, timestamp]) => {
    const head = [name, ...tags.map((tag) => tag.join('='))].join()
    return `${head} ${fields.map((field) => field.join('=')).join()} ${timestamp}`
  })

const csvCell = fc.oneof(word, fc.constantFrom('"a,b"', '" a"', '"a""b"', '"', 'a;b; c', ''))
const csvHeader = fc.constantFrom(
  'timestamp,value',
  'time,value,series',
  'timestamp,value,series,tags,host',
  'value,"host",arrives,producer,timestamp',
  'timestamp,value,value',
  'timestamp,series',
)

function csvRow(header: string): fc.Arbitrary<string> {
  const cells = header.split(',').map((name) => (name.startsWith('time') ? time : name === 'value' ? number : csvCell))
  const fitting = fc.tuple(...cells).map((row) => row.join())
  return fc.oneof(
    { weight: 9, arbitrary: fitting },
    fc.array(csvCell, { maxLength: 5 }).map((row) => row.join()),
  )
}

/** Lines with their ends, of which a few are odd. */
function bodyOf(line: fc.Arbitrary<string>, head: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const lineEnd = fc.oneof(
    { weight: 8, arbitrary: fc.constant('\n') },
    fc.constantFrom('\r\n', '\n\n', '\r', ' \n', ''),
  )
  const lines = fc.array(fc.tuple(line, lineEnd), { maxLength: 5 })
  return fc.tuple(head, lines).map(([first, rest]) => Buffer.from(first + rest.flat().join('')).toString('latin1'))
}

const spoilt = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 4, arbitrary: text },
    fc
      .tuple(
        text,
        fc.nat(300),
        fc.constantFrom('', '\x80', '"', '\\', ',', ' ', '=', '\n', '\xef\xbb\xbf', '\0', '#', '{'),
      )
      .map(([whole, where, put]) => {
        const at = where % (whole.length + 1)
        return whole.slice(0, at) + put + whole.slice(at + (put === '' ? 1 : 0))
      }),
  )

const none = fc.constantFrom('', '', '', '\u{feff}')
const bodyText = fc.oneof(
  fc.tuple(fc.constant('application/x-ndjson' as const), spoilt(bodyOf(ndjsonLine, none))),
  fc.tuple(fc.constant('text/plain' as const), spoilt(bodyOf(lineOfPoint, none))),
  fc.tuple(
    fc.constant('text/csv' as const),
    spoilt(csvHeader.chain((names) => bodyOf(csvRow(names), fc.constant(`${names}\n`)))),
  ),
)

export const bodies: Law<Body> = {
  name: 'bodies',
  home: import.meta.dirname,
  parts: { name: 'lines', countOf: ({ bytes }) => countLines(bytes) },
  cases: fc
    .record({
      body: bodyText,
      unit: fc.constantFrom('s', 'ms', 'us', 'ns'),
      cuts: fc.array(fc.nat(400), { maxLength: 5 }),
      gzip: fc.boolean(),
    })
    .map(({ body: [type, text], unit, cuts, gzip }) => {
      return { type, bytes: toHex(Buffer.from(text, 'latin1')), unit, cuts, gzip }
    }),
  holds: async (input) => deepStrictEqual(await read(input), readNaively(input)),
}

export const fuzz: Fuzz = fuzzLaw(bodies)
