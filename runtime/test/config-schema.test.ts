/** The JSON Schema of slung.toml: it knows what the reader knows, and refuses nothing that the reader accepts. */
import { readFile } from 'node:fs/promises'
import { Ajv } from 'ajv'
import { parse, stringify, type TomlTable } from 'smol-toml'
import { expect, test } from 'vitest'
import { keysByTable } from '../src/staging/config/config-keys.ts'
import { parseConfigFile } from '../src/staging/config/read-config-file.ts'
import { resolveConfig } from '../src/staging/config/resolve-config.ts'

interface Schema {
  readonly $schema: string
  readonly properties: Readonly<Record<string, Property>>
}

interface Property {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly additionalProperties?: unknown
  readonly properties?: Readonly<Record<string, Property>>
  readonly items?: Property
}

const schema = JSON.parse(
  await readFile(new URL('../schema/slung.schema.json', import.meta.url), 'utf8'),
) as unknown as Schema
const ajv = new Ajv()
const validate = ajv.compile(schema)

/** The schema of a table of `keysByTable`: `http`, or a table in it such as `http.with`. */
function tableSchema(table: string): Property | undefined {
  let found: Property | undefined = schema
  for (const key of table === '' ? [] : table.split('.')) {
    found = found?.properties?.[key]
    if (found?.items !== undefined) found = found.items
  }
  return found
}

/** A whole file with these keys in a table. */
function fileWith(table: string, keys: TomlTable): TomlTable {
  if (table === '') return keys
  if (table === 'http.with') return { http: { with: [{ url: 'a.example', headers: { a: '1' }, ...keys }] } }
  return table === 'workflow' ? { workflow: [{ file: 'a.wasm', ...keys }] } : { [table]: keys }
}

function isRead(file: TomlTable): boolean {
  try {
    parseConfigFile(stringify(file), '/etc/slung/slung.toml')
    return true
  } catch {
    return false
  }
}

const tables = [...keysByTable.keys()]
const settings = tables.flatMap((table) =>
  Object.entries(tableSchema(table)?.properties ?? {}).map(([key, property]) => ({ table, key, property })),
)
const values = settings.filter(
  ({ property }) => property.properties === undefined && property.items?.properties === undefined,
)

test('it is a valid JSON Schema', () => {
  expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#')
  expect(ajv.validateSchema(schema)).toBe(true)
})

test.each(tables)('it has the keys of the table "%s", described, and no others', (table) => {
  const own = tableSchema(table)
  expect(Object.keys(own?.properties ?? {}).toSorted()).toEqual([...keysByTable.get(table)!].toSorted())
  expect(own?.additionalProperties).toBe(false)
  for (const { description } of Object.values(own?.properties ?? {})) expect(description).toMatch(/^\S.*\.$/)
})

const kinds = [
  'text', 'info', 'json', '', ' ', 'https://ops.example.com', '127.0.0.1', '::1', 'a'.repeat(300),
  '10s', '250ms', '5 MIN', '1h', '90days', '2wks', '1d', '10', '5 fortnights',
  '64KiB', '10mb', '1 GiB', '512', '1TB', '12 parsecs',
  0, 1, 7, 20, 21, 512, 70_000, 1_000_000, 2_000_000_000, -1, 1.5, true,
  [], ['hooks.example.com'], ['https://ops.example.com'], ['API_KEY'], [1], [''], {}, { ROOM: 'cold' }, { ROOM: 1 },
] as const // prettier-ignore

test.each(values)('of $table $key, it takes each value that the reader takes', ({ table, key }) => {
  const read = kinds.map((kind) => fileWith(table, { [key]: structuredClone(kind) as TomlTable })).filter(isRead)
  expect(read).not.toEqual([])
  expect(read.filter((file) => !validate(file))).toEqual([])
})

test.each(values)(
  'of $table $key, it refuses numbers and kinds that the reader refuses',
  ({ table, key, property }) => {
    // The bounds of sizes and durations, which are texts most often, are for the reader alone.
    const numbers = property.type === 'integer' ? [0, 21, 70_000, 1_000_001, 10_000_001, 2_000_000_000] : []
    const refused = [true, -1, 1.5, ...numbers].map((kind) => fileWith(table, { [key]: kind }))
    expect(refused.filter((file) => validate(file) && !isRead(file))).toEqual([])
  },
)

test.each(values.filter(({ property }) => property.default !== undefined))(
  'the default of $table $key is that of the reader',
  ({ table, key, property }) => {
    const resolve = (keys: TomlTable) =>
      resolveConfig(
        { workflows: [], allowHttp: [], allowAddress: [], allowOrigin: [], env: [] },
        parseConfigFile(stringify(fileWith(table, keys)), '/etc/slung/slung.toml'),
        {},
        { allow: () => {}, headers: () => {} },
      ).config
    expect(resolve({ [key]: property.default as TomlTable })).toEqual(resolve({}))
  },
)

test('the example of the page is valid, and slips in it are not', async () => {
  const page = await readFile(new URL('../../docs/configuration.md', import.meta.url), 'utf8')
  const [, example] = /```toml\n([^]*?)```/.exec(page)! as unknown as [string, string]
  validate(parse(example))
  expect(validate.errors).toBeNull()
  for (const slip of [
    'timeot = "1s"',
    '[http]\nredirects = 200',
    '[[http.with]]\nurl = "a.example"',
    '[[http.with]]\nurl = "a.example"\nheaders = { a = { from = "A", file = "b" } }',
    '[log]\nlevel = "loud"',
    '[[workflow]]\nfile = "a.wasm"\ntick = 10',
    '[[workflow]]\nname = "a"',
    'token = "a"\ntoken_file = "b"',
  ]) {
    expect({ slip, isValid: validate(parse(slip)) }).toEqual({ slip, isValid: false })
  }
})
