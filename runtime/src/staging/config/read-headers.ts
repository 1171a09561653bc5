/** Reads the `[[http.with]]` tables. */
import type { TomlValueWithoutBigInt as TomlValue } from 'smol-toml'
import { parseVariableName } from '../../guest/contract/variables.ts'
import type { HeaderSettings, HeaderSource } from './config-sources.ts'
import { quote } from '../../engine/text/quote.ts'
import { parseHeaderName } from './header.ts'
import type { KeyPath } from './locate-keys.ts'
import { tableOf, type TableKeys } from './read-table.ts'
import {
  describeKind,
  describePath,
  describeTable,
  filePath,
  isTable,
  listOf,
  parsedText,
  text,
  type Reader,
  type Reading,
} from './read-value.ts'

export const headerKeys: TableKeys<HeaderSettings> = {
  url: ['url', text('a pattern such as "https://hooks.example.com"')],
  headers: ['headers', readHeaders],
}

const sourceKeys: TableKeys<HeaderSource> = {
  from: ['from', parsedText(parseVariableName)],
  file: ['file', filePath('the path of a file')],
  prefix: ['prefix', parsedText((written) => written)],
}

const readRule = tableOf(headerKeys)
const readSource = tableOf(sourceKeys)
const readName = parsedText(parseHeaderName)

export const readHeaderRules: Reader<readonly HeaderSettings[]> = listOf((table, path, reading) => {
  const rule = readRule(table, path, reading)
  if (rule === undefined) return undefined
  const { url, headers } = rule
  if (url !== undefined && headers !== undefined) return { url, headers }
  // One that cannot be used has been reported.
  const missing = Object.keys(headerKeys).find((key) => isTable(table) && !Object.hasOwn(table, key))
  if (missing !== undefined)
    reading.report(path, `${describeTable(path)} has no "${missing}", expected both "url" and "headers"`)
  return undefined
})

function readHeaders(value: TomlValue, path: KeyPath, reading: Reading): HeaderSettings['headers'] | undefined {
  if (!isTable(value)) {
    const forms = '{ Authorization = { from = "API_KEY", prefix = "Bearer " } }'
    reading.report(path, `${describePath(path)} is ${describeKind(value)}, expected a table such as ${forms}`)
    return undefined
  }
  const names = new Set<string>()
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, written]) => {
      const header = readName(name, [...path, name], reading)
      if (header !== undefined && names.has(header))
        reading.report([...path, name], `a second header is called ${quote(name)}, in other letters; keep one of them`)
      if (header !== undefined) names.add(header)
      const source = readHeader(written, [...path, name], reading)
      return header === undefined || source === undefined ? [] : [[name, source]]
    }),
  )
}

function readHeader(value: TomlValue, path: KeyPath, reading: Reading): string | HeaderSource | undefined {
  if (typeof value === 'string') return value
  if (!isTable(value)) {
    const forms = 'a string in quotes, { from = "VARIABLE" } or { file = "PATH" }'
    reading.report(path, `${describePath(path)} is ${describeKind(value)}, expected ${forms}`)
    return undefined
  }
  const source = readSource(value, path, reading)
  if (source === undefined) return undefined
  if (Object.hasOwn(value, 'from') === Object.hasOwn(value, 'file')) {
    const found = Object.hasOwn(value, 'from') ? 'both "from" and "file"' : 'neither "from" nor "file"'
    reading.report(path, `${describePath(path)} has ${found}, expected one of them`)
    return undefined
  }
  return source
}
