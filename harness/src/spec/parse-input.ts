/** `input:` of a spec or a test: a path, `{ csv, series, tags, producer, time_unit }`, or a list of them. */
import { resolve } from 'node:path'
import { parseTimeUnit } from '@slung/runtime'
import { attemptAt, readFields, readList, readName } from './fields.ts'
import type { Located, Report } from './located.ts'
import type { InputSource } from './spec.ts'

/** @param directory - what relative paths start from */
export function parseInput(located: Located, directory: string, report: Report): InputSource[] {
  const items = located.kind === 'list' ? located.items : [located]
  if (items.length === 0) report(located, '"input" is an empty list, expected at least one fixture')
  return items.flatMap((item) => parseSource(item, directory, report) ?? [])
}

function parseSource(located: Located, directory: string, report: Report): InputSource | null {
  const { line, column } = located
  if (located.kind === 'scalar') {
    const path = readName(located, '"input"', report)
    return path === null ? null : { csv: resolve(directory, path), line, column }
  }
  const fields = readFields(located, 'an input', ['csv', 'series', 'tags', 'producer', 'time_unit'], report)
  if (fields === null) return null
  const csv = fields.get('csv')
  if (csv === undefined) report(located, 'an input has no "csv": expected the path of a fixture')
  const path = csv === undefined ? null : readName(csv, '"csv" of an input', report)
  const source: { -readonly [Key in keyof InputSource]: InputSource[Key] } = {
    csv: resolve(directory, path ?? ''),
    line,
    column,
  }

  const series = fields.get('series')
  const seriesName = series && readName(series, '"series" of an input', report)
  if (seriesName) source.series = seriesName

  const tags = fields.get('tags')
  if (tags !== undefined) {
    const list = readList(tags, '"tags" of an input', 'a list such as [sensor=1, host=a]', report)
    source.tags = list?.items.flatMap((tag) => readName(tag, 'a tag of an input', report) ?? []) ?? []
  }

  const producer = fields.get('producer')
  const producerName = producer && readProducer(producer, report)
  if (producerName) source.producer = producerName

  const timeUnit = fields.get('time_unit')
  const unitName = timeUnit && readName(timeUnit, '"time_unit" of an input', report)
  const unit = unitName && attemptAt(timeUnit, report, () => parseTimeUnit(unitName))
  if (unit) source.timeUnit = unit
  return source
}

/** A number is a connection id; fixtures hold both as text. */
function readProducer(located: Located, report: Report): string | null {
  if (located.kind === 'scalar' && typeof located.value === 'number') return String(located.value)
  return readName(located, '"producer" of an input', report)
}
