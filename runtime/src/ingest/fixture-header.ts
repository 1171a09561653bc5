/** Reads the header of a fixture: which column is what. Pure; the words of its errors are made here. */
import { SlungError } from '../model/slung-error.ts'
import { shown } from '../query/printable.ts'
import { suggest } from '../query/suggest.ts'

/** Where things stand in a row. −1 = there is no such column. */
export interface FixtureHeader {
  /** Trimmed, in the order of the file. */
  readonly names: readonly string[]
  readonly timestamp: number
  readonly value: number
  readonly arrives: number
  readonly series: number
  readonly producer: number
  readonly tags: number
  /** The columns whose name is a tag key. */
  readonly tagColumns: readonly number[]
}

/**
 * Finds the columns by their names.
 *
 * @param hasDefaultSeries - whether the reader was given a series, so that the file needs none
 * @param seriesAdvice - how to give it one, for an error text
 * @throws {SlungError} `bad-header` for names that are empty, doubled or missing
 */
export function readHeader(names: readonly string[], hasDefaultSeries: boolean, seriesAdvice: string): FixtureHeader {
  const columns = new Map<string, number>()
  for (const [column, name] of names.entries()) {
    if (name === '') throw refusal(`column ${column + 1} has no name, expected a reserved name or a tag key`)
    const other = columns.get(name)
    if (other !== undefined) {
      throw refusal(`columns ${other + 1} and ${column + 1} are both named ${shown(name)}, expected one`)
    }
    columns.set(name, column)
  }
  if (columns.has('timestamp') && columns.has('time')) {
    throw refusal('both columns "timestamp" and "time" are there, expected one of them')
  }
  const timestamp = columns.get('timestamp') ?? columns.get('time')
  const value = columns.get('value')
  if (timestamp === undefined) throw missing('timestamp', names, seriesAdvice)
  if (value === undefined) throw missing('value', names, seriesAdvice)
  if (!columns.has('series') && !hasDefaultSeries) throw missing('series', names, seriesAdvice)
  return {
    names,
    timestamp,
    value,
    arrives: columns.get('arrives') ?? -1,
    series: columns.get('series') ?? -1,
    producer: columns.get('producer') ?? -1,
    tags: columns.get('tags') ?? -1,
    tagColumns: [...columns].filter(([name]) => !reservedNames.has(name)).map(([, column]) => column),
  }
}

function missing(name: 'timestamp' | 'value' | 'series', names: readonly string[], seriesAdvice: string): SlungError {
  const found = names.slice(0, namesShownMax).map(shown).join(', ') + (names.length > namesShownMax ? ', …' : '')
  const near = suggest(
    name,
    names.filter((other) => !reservedNames.has(other)),
  )
  const fix = near === null ? advice(name, names, seriesAdvice) : `rename ${shown(near)} to "${name}"`
  return refusal(`no column "${name}", found ${found}: ${fix}`)
}

function advice(name: 'timestamp' | 'value' | 'series', names: readonly string[], seriesAdvice: string): string {
  if (names.length === 1 && /[;\t|]/.test(names[0]!)) return 'cells are separated by commas'
  if (name === 'series') return `add it, or name the series of all rows (${seriesAdvice})`
  return 'the first line names the columns, as in timestamp,series,value'
}

function refusal(reason: string): SlungError {
  return new SlungError('bad-header', reason)
}

const reservedNames: ReadonlySet<string> = new Set([
  'timestamp',
  'time',
  'series',
  'value',
  'producer',
  'tags',
  'arrives',
])

// A wide table must not make an error of several screens.
const namesShownMax = 8
