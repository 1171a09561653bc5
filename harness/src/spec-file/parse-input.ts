/**
 * `input:` of a spec or a test: a path, `{ csv, series, tags, producer, time_unit }`, series written down
 * (`temp{sensor=1}: { every, values }`), or a list of them.
 */
import { resolve } from 'node:path'
import { parseTimeUnit } from '@slung/runtime'
import { expandValues, parseSeriesKey } from '../input/inline-series.ts'
import type { Located, LocatedEntry, LocatedMapping, Report } from './located.ts'
import {
  attemptAt,
  placeOf,
  readDuration,
  readFields,
  readList,
  readName,
  isNumber,
  readOneOrMore,
  readProducer,
  scalarOf,
} from './read-located.ts'
import { specKeys } from './spec-keys.ts'
import type { FixtureInput, SeriesInput, SpecInput } from './spec.ts'

/** The spec file as it was named, and the folder (absolute) that relative paths in it start from. */
export interface SpecPlace {
  readonly file: string
  readonly directory: string
}

export function parseInput(located: Located, place: SpecPlace, report: Report): SpecInput[] {
  return readOneOrMore(located, '"input"', 'at least one fixture', report).flatMap((item): SpecInput[] => {
    if (item.kind === 'mapping' && isSeries(item)) {
      return item.entries.flatMap((entry) => parseSeries(entry, place, report) ?? [])
    }
    const fixture = parseFixture(item, place, report)
    return fixture === null ? [] : [fixture]
  })
}

/** A series has a mapping as its value. */
function isSeries({ entries }: LocatedMapping): boolean {
  return entries.length > 0 && entries.every(({ value }) => value.kind === 'mapping')
}

function parseSeries(entry: LocatedEntry, { file }: SpecPlace, report: Report): SeriesInput | null {
  const { key } = entry
  const fields = readFields(entry.value, `the series ${key}`, specKeys.inlineInput, report)
  attemptAt(entry, report, () => parseSeriesKey(key))
  if (fields === null) return null
  const every = fields.get('every')
  const values = fields.get('values')
  if (every === undefined || values === undefined) {
    report(entry, `the series ${key} has no "${every === undefined ? 'every' : 'values'}": expected { every, values }`)
    return null
  }
  const everyMicros = readDuration(every, `"every" of the series ${key}`, report)
  if (everyMicros === 0) report(every, `"every" of the series ${key} is 0, expected a duration such as 10s`)
  // YAML reads a single value as a number.
  const value = scalarOf(values)
  const list = isNumber(value) ? String(value) : readName(values, `"values" of the series ${key}`, report)
  if (list === null || everyMicros === null || everyMicros === 0) return null
  attemptAt(values, report, () => expandValues(list))
  return { key, everyMicros, values: list, file, ...placeOf(values) }
}

function parseFixture(located: Located, { directory }: SpecPlace, report: Report): FixtureInput | null {
  if (located.kind === 'scalar') {
    const path = readName(located, '"input"', report)
    return path === null ? null : { csv: resolve(directory, path), ...placeOf(located) }
  }
  const fields = readFields(located, 'an input', specKeys.input, report)
  if (fields === null) return null
  const csv = fields.get('csv')
  if (csv === undefined) report(located, 'an input has no "csv": expected the path of a fixture')
  const path = csv === undefined ? null : readName(csv, '"csv" of an input', report)
  const source: { -readonly [Key in keyof FixtureInput]: FixtureInput[Key] } = {
    csv: resolve(directory, path ?? ''),
    ...placeOf(located),
  }

  const series = fields.read('series', (at) => readName(at, '"series" of an input', report))
  if (series !== null) source.series = series

  const tags = fields.get('tags')
  if (tags !== undefined) {
    const list = readList(tags, '"tags" of an input', 'a list such as [sensor=1, host=a]', report)
    source.tags = list?.flatMap((tag) => readName(tag, 'a tag of an input', report) ?? []) ?? []
  }

  const producer = fields.read('producer', (at) => readProducer(at, '"producer" of an input', report))
  if (producer !== null) source.producer = producer

  const timeUnit = fields.read('time_unit', (at) => {
    const name = readName(at, '"time_unit" of an input', report)
    return name === null ? null : attemptAt(at, report, () => parseTimeUnit(name))
  })
  if (timeUnit !== null) source.timeUnit = timeUnit
  return source
}
