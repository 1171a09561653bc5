/** Holds `docs/configuration.md` to the code: its example, its keys, its defaults and its flags. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createRunCommand } from '../../cli/run-command.ts'
import { keysByTable } from './config-keys.ts'
import { runtimeDefaults, workflowDefaults } from './defaults.ts'
import { parseConfigFile } from './read-config-file.ts'
import { resolveConfig } from './resolve-config.ts'
import type { RuntimeConfig } from './runtime-config.ts'

const page = readFileSync(new URL('../../../../docs/configuration.md', import.meta.url), 'utf8')
const [, example] = /```toml\n([^]*?)```/.exec(page)! as unknown as [string, string]

interface Row {
  readonly table: string
  readonly key: string
  /** As in the file; `null` = none. */
  readonly default: string | null
  readonly flags: readonly string[]
}

const rows = [...keysByTable.keys()].flatMap(rowsOf)

function rowsOf(table: string): Row[] {
  const heading = { '': 'General', workflow: '`[[workflow]]`', 'http.with': 'Headers' }[table] ?? `\`[${table}]\``
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`))!
  return [...section.matchAll(/^\| `(\w+)` *\| *(?:`([^`]*)`|none) *\|([^|]*)\|/gm)].map(([, key, value, flag]) => ({
    table,
    key: key!,
    default: value ?? null,
    flags: flag!.match(/--[\w-]+/g) ?? [],
  }))
}

function resolve(toml: string): RuntimeConfig {
  const flags = { workflows: [], allowHttp: [], allowAddress: [], allowOrigin: [], env: [] }
  const checks = { allow: () => {}, headers: () => {} }
  const variables = { WEBHOOK: 'w', OPSGENIE_KEY: 'o' }
  return resolveConfig(flags, parseConfigFile(toml, '/etc/slung/slung.toml'), variables, checks).config
}

test('the page has a row for every key, and for no others', () => {
  // A key that holds a table has a section of its own.
  const tables = new Set(['.log', '.http', '.retention', '.limits', 'http.with'])
  const keys = [...keysByTable].flatMap(([table, names]) => names.map((key) => `${table}.${key}`))
  const documented = rows.map(({ table, key }) => `${table}.${key}`)

  expect(documented.toSorted()).toEqual(keys.filter((key) => !tables.has(key)).toSorted())
})

test.each(rows.filter((row) => row.default !== null))('the default of $table $key is $default', (row) => {
  const head = row.table === 'workflow' ? '[[workflow]]\nfile = "a.wasm"\n' : row.table === '' ? '' : `[${row.table}]\n`
  expect(resolve(`${head}${row.key} = ${row.default}`)).toEqual(resolve(head))
})

test('settings without a default are off', () => {
  const without = rows.filter((row) => row.default === null).map(({ table, key }) => `${table}.${key}`)

  expect(without).toEqual([
    '.data',
    '.token',
    '.token_file',
    '.workflow',
    'http.with.url',
    'http.with.headers',
    'retention.age',
    'retention.size',
    'limits.memory',
    'workflow.file',
    'workflow.name',
  ])
  expect(runtimeDefaults).toMatchObject({
    data: null,
    token: null,
    workflows: [],
    retention: { ageMicros: null, bytesMax: null },
  })
})

test('the example is a valid file', () => {
  expect(parseConfigFile(example, '/etc/slung/slung.toml')).toMatchObject({
    data: '/etc/slung/data',
    tokenFile: '/run/secrets/slung-token',
    workflows: [{ name: 'threshold-alert', environmentFrom: ['WEBHOOK'] }, { name: 'hourly-mean' }],
  })
})

test('the example has every key, and the defaults where the page says so', () => {
  const missing = rows.filter(({ key }) => !new RegExp(`^(?:# )?(?:${key} =|\\[\\[${key}\\]\\])`, 'm').test(example))
  expect(missing).toEqual([])

  const { host, port, log, http, limits, workflows } = resolve(example.replace(/^token_file.*$/m, ''))
  expect({ host, port, log, limits }).toEqual({
    host: runtimeDefaults.host,
    port: runtimeDefaults.port,
    log: runtimeDefaults.log,
    limits: runtimeDefaults.limits,
  })
  expect({ ...http, allow: [], allowAddresses: [], with: [] }).toEqual(runtimeDefaults.http)
  expect(http.with).toEqual([{ url: 'https://api.opsgenie.com', headers: { Authorization: 'GenieKey o' } }])
  expect(workflows[0]).toMatchObject({ ...workflowDefaults, environment: { SENSOR: 'cold store', WEBHOOK: 'w' } })
})

test('the flags on the page are those of slung run', () => {
  const command = createRunCommand({ out: () => {}, error: () => {} }, () => {})
  const flags = command.options
    .flatMap(({ long }) => long ?? [])
    .filter((flag) => !['--config', '--help'].includes(flag))

  expect(rows.flatMap((row) => row.flags).toSorted()).toEqual(flags.toSorted())
})

test('the error messages on the page are the real ones', () => {
  const [, shown] = /```text\n([^]*?)\n```/.exec(page)!
  const lines = Array.from({ length: 21 }, () => '')
  lines[9] = '[http]'
  lines[11] = 'timeot = "1s"'
  lines[12] = 'redirects = 200'
  lines[18] = '[[workflow]]'
  lines[19] = 'file = "a.wasm"'
  lines[20] = 'tick = 10'

  expect(() => parseConfigFile(lines.join('\n'), 'slung.toml')).toThrow(
    expect.objectContaining({ code: 'bad-config', message: shown }),
  )
})
