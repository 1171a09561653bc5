/** Chooses the reader of a body of `POST /events` by content type, and configures it by the query parameters. */
import { SlungError } from '../../engine/model/slung-error.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import { quote } from '../../engine/text/quote.ts'
import { suggest } from '../../engine/text/suggest.ts'
import type { BodyReader, IngestReport } from './body-reader.ts'
import { CsvBody } from './csv-body.ts'
import { splitTags } from '../../engine/fixture/fixture-series.ts'
import { LineProtocolBody } from './line-protocol-body.ts'
import { NdjsonBody } from './ndjson-body.ts'
import type { SampleBatchBuilder } from '../../engine/model/columns.ts'
import { parseTimeUnit } from '../../engine/fixture/time-unit.ts'

/**
 * Creates the reader for one body.
 *
 * @param contentType - the header; `undefined` = missing
 * @param parameters - all those of the request
 * @param now - called for samples without a timestamp
 * @throws {SlungError} `unsupported-media-type`; `bad-parameter` for a parameter that the format does not have, that is
 *   given twice, or that has a wrong value
 */
export function createBodyReader(
  contentType: string | undefined,
  parameters: URLSearchParams,
  batch: SampleBatchBuilder,
  report: IngestReport,
  now: () => Micros,
): BodyReader {
  const { name, charset } = parseContentType(contentType)
  const format = formats.get(name)
  if (format === undefined) throw refuseType(name)
  if (charset !== '' && !charsets.has(charset)) {
    throw new SlungError('unsupported-media-type', `the charset ${quote(charset)} is not supported, expected utf-8`)
  }
  checkParameters(parameters, format.parameters, name)
  switch (format.kind) {
    case 'ndjson':
      return new NdjsonBody(batch, report, { now })
    case 'line-protocol': {
      const precision = readParameter(parameters, 'precision', parseTimeUnit)
      return new LineProtocolBody(batch, report, precision === undefined ? { now } : { now, precision })
    }
    case 'csv': {
      const series = parameters.get('series')
      const tags = parameters.get('tags')
      const timeUnit = readParameter(parameters, 'time_unit', parseTimeUnit)
      try {
        return new CsvBody(batch, report, {
          ...(series === null ? {} : { series }),
          ...(tags === null ? {} : { tags: splitTags(tags) }),
          ...(timeUnit === undefined ? {} : { timeUnit }),
        })
      } catch (error) {
        throw badParameter(error, 'parameters series and tags')
      }
    }
  }
}

interface BodyFormat {
  readonly kind: 'ndjson' | 'line-protocol' | 'csv'
  readonly parameters: readonly string[]
}

const ndjson: BodyFormat = { kind: 'ndjson', parameters: [] }
const lineProtocol: BodyFormat = { kind: 'line-protocol', parameters: ['precision'] }
const csv: BodyFormat = { kind: 'csv', parameters: ['series', 'tags', 'time_unit'] }

const formats: ReadonlyMap<string, BodyFormat> = new Map([
  ['application/x-ndjson', ndjson],
  ['application/json', ndjson],
  ['text/csv', csv],
  ['text/plain', lineProtocol],
  ['application/vnd.influx.line-protocol', lineProtocol],
])

// ASCII is UTF-8.
const charsets: ReadonlySet<string> = new Set(['utf-8', 'utf8', 'us-ascii'])

const supported =
  'expected application/x-ndjson or application/json (one object per line), text/csv (a fixture), ' +
  'text/plain or application/vnd.influx.line-protocol (InfluxDB line protocol)'

/** Both in lower case; '' = missing. The other parameters of a media type change nothing here (RFC 9110, 8.3.1). */
function parseContentType(contentType: string | undefined): { name: string; charset: string } {
  const [name = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase())
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length) ?? ''
  return { name, charset: charset.replace(/^"(.*)"$/, '$1') }
}

function refuseType(name: string): SlungError {
  if (name === '') return new SlungError('unsupported-media-type', `the content type is missing, ${supported}`)
  const near = suggest(name, [...formats.keys()])
  // What curl sends with --data by default.
  const isForm = name === 'application/x-www-form-urlencoded'
  const hint = isForm
    ? '; with curl, add -H "Content-Type: application/x-ndjson"'
    : near === null
      ? ''
      : `; did you mean "${near}"?`
  return new SlungError(
    'unsupported-media-type',
    `the content type ${quote(name)} is not supported, ${supported}${hint}`,
  )
}

function checkParameters(parameters: URLSearchParams, known: readonly string[], type: string): void {
  for (const name of parameters.keys()) {
    if (!known.includes(name)) {
      const near = suggest(name, known)
      const expected = known.length === 0 ? `${type} takes none` : `${type} takes ${known.join(', ')}`
      const hint = near === null ? '' : `; did you mean "${near}"?`
      throw new SlungError('bad-parameter', `unknown parameter ${quote(name)}, ${expected}${hint}`)
    }
    const { length } = parameters.getAll(name)
    if (length > 1) throw new SlungError('bad-parameter', `parameter ${name} is given ${length} times, expected once`)
  }
}

function readParameter<Value>(
  parameters: URLSearchParams,
  name: string,
  parse: (text: string) => Value,
): Value | undefined {
  const text = parameters.get(name)
  if (text === null) return undefined
  try {
    return parse(text)
  } catch (error) {
    throw badParameter(error, `parameter ${name}`)
  }
}

function badParameter(error: unknown, what: string): unknown {
  if (!(error instanceof SlungError)) return error
  return new SlungError('bad-parameter', `${what}: ${error.message}`, { cause: error })
}
