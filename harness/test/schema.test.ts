/** The JSON Schema of specs: it knows what the parser knows, and refuses nothing that the parser accepts. */
import { glob, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { parseSpec } from '../src/spec-file/parse-spec.ts'
import { SpecError } from '../src/spec-file/spec-error.ts'
import { specKeys } from '../src/spec-file/spec-keys.ts'

const workspace = fileURLToPath(new URL('../../', import.meta.url))

interface Definition {
  readonly description?: string
  readonly $ref?: string
  readonly properties?: Readonly<Record<string, Definition>>
}

interface Schema extends Definition {
  readonly $schema: string
  readonly definitions: Readonly<Record<string, Definition>>
}

const file = new URL('../schema/slung-spec.schema.json', import.meta.url)
const schema = JSON.parse(await readFile(file, 'utf8')) as Schema
const { definitions } = schema

// The one keyword that is not JSON Schema: editors show its text instead of a pattern.
const ajv = new Ajv({ strictTypes: false, keywords: ['patternErrorMessage'] })
const validate = ajv.compile(schema)

const isValid = (text: string): boolean => validate(parse(text))

/** The schema's objections; empty for a valid spec. */
function errorsOf(text: string): string[] {
  validate(parse(text))
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

/** The parser's objections; empty for a spec that it accepts. */
function problemsOf(text: string): string[] {
  try {
    parseSpec(text, 'a.slung.yaml')
    return []
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    return error.problems.map(({ message }) => message)
  }
}

const isParsed = (text: string): boolean => problemsOf(text).length === 0

test('the schema is a valid JSON Schema', () => {
  expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#')
  expect(ajv.validateSchema(schema)).toBe(true)
})

test('every spec in the repository that the parser accepts is valid', async () => {
  const found: string[] = []
  const exclude = ['**/node_modules/**', '**/target/**', '**/build/**']
  for await (const path of glob('**/*.slung.yaml', { cwd: workspace, exclude })) {
    const text = await readFile(`${workspace}${path}`, 'utf8')
    if (!isParsed(text)) continue
    expect({ path, errors: errorsOf(text) }).toEqual({ path, errors: [] })
    found.push(path)
  }
  expect(found).toContain('runtime/templates/as/temperature-alert.slung.yaml')
  expect(found).toContain('examples/threshold-alert/threshold-alert.slung.yaml')
})

/** Every key in use. */
const complete = `
workflow: [build/a.wasm, build/b.wasm]
build: { build/a.wasm: make a, build/b.wasm: make b }
start: 2026-01-01T00:00:00Z
tick: 1s
until: +10m
delivery: latest
seed: 7
input:
  - fixtures/hot.csv
  - { csv: nab.csv, series: temp, tags: [sensor=1], producer: 3, time_unit: ms }
  - temp{sensor=1, producer=edge-a}: { every: 10s, values: 20+0.1x360 _x6 41 }
    load: { every: 5 min, values: 3 }
http:
  POST https://hooks.example.com/alerts: [reset, 503, { status: 200, json: { id: [7, null] }, after: 2m, slow: 50kB/s }, ok]
  GET https://api.example.com/: { timeout: 30s }
  PUT https://api.example.com/: { text: busy, status: 503 }
  DELETE https://api.example.com/: { body: busy }
faults:
  - { duplicate: 5% }
  - { late: 30s, of: 0.1, series: temp }
  - { reorder: 10s, of: 12.5%, producer: edge-a }
  - { drop: 2%, producer: 3 }
  - { gap: 5m, at: +10m }
  - { skew: -2s }
  - { disconnect: edge-a, at: 2026-01-01 00:05:00, for: 2m }
  - { burst: 1m, at: 1767225600000000 }
  - { close: edge-a, at: +5m }
limits: { callback_p99: 1ms, memory: 16MB, trap: never }
tests:
  - name: everything
    input: cool.csv
    http: { GET https://api.example.com/limit: ok }
    start: 1767225600000000
    tick: 10s
    until: 2026-02-01T00:00:00+01:00
    delivery: queue
    seed: -1
    faults: []
    limits: { memory: 65536 }
    any_order: true
    at_least: true
    exit: drained
    log: [started, </alert \\d+/>]
    check:
      - { at: +1h, query: 'AVG:temp:[sensor=1]:[1h,now]', equals: <27.3 ±0.1> }
      - { at: 2026-01-01T00:00:00Z, query: 'COUNT:temp:[]', equals: 3 }
      - { at: +1s, query: 'MAX:temp:[]', equals: null }
    expect:
      - { http: POST https://hooks.example.com/alerts, json: { level: high }, status: 200, at: +5s, exact: true }
      - { http: </alerts/>, text: <string>, status: <any> }
      - { ws: edge-a, text: hi, at: 2026-01-01T00:00:07Z }
      - { ws: 1, json: [1], at: <any>, exact: false }
      - { event: temp_hourly, value: 41.2, tags: [sensor=1], timestamp: 1767225600000000, at: 1767225600000000, exact: true }
      - { event: temp_hourly, value: <41.2 ±0.05>, timestamp: <any> }
  - { name: the same, expect: { same_as: everything } }
  - { name: approved, expect: snapshot }
  - { name: code, exit: 3 }
`

test('a spec with every key is valid, and the parser accepts it', () => {
  expect(errorsOf(complete)).toEqual([])
  expect(() => parseSpec(complete, 'a.slung.yaml')).not.toThrow()
})

const spec = (lines: string): string => `workflow: a.wasm\ninput: a.csv\n${lines}\ntests: [{ name: a, exit: drained }]`
const oneTest = (keys: string): string => `workflow: a.wasm\ninput: a.csv\ntests: [{ name: a, exit: drained, ${keys} }]`
const expected = (writeback: string): string => oneTest(`expect: [${writeback}]`)
const answer = (value: string): string => spec(`http: { GET https://a.example/: ${value} }`)

test.each([
  // Unknown keys, at each level.
  spec('inputs: b.csv'),
  oneTest('expects: []'),
  spec('http: {}').replace('a.csv', '{ csv: a.csv, serie: temp }'),
  spec('').replace('a.csv', '{ temp: { every: 10s, value: 3, values: 3 } }'),
  answer('{ status: 200, headers: {} }'),
  spec('faults: [{ dropp: 2% }]'),
  spec('faults: [{ drop: 2%, of: 5% }]'),
  spec('faults: [{ disconnect: edge-a, at: +1m, for: 1m, series: temp }]'),
  spec('limits: { cpu: 1ms }'),
  oneTest("check: [{ at: +1m, query: 'AVG:temp:[]', equals: 1, is: 1 }]"),
  oneTest('expect: { same_as: a, but: b }'),
  expected('{ http: GET https://a.example/, value: 1 }'),
  expected('{ ws: edge-a, status: 200 }'),
  expected('{ event: temp, text: hi }'),
  // Keys that are missing.
  'input: a.csv\ntests: [{ name: a, expect: [] }]',
  'workflow: a.wasm\ninput: a.csv',
  'workflow: a.wasm\ntests: [{ name: a, expect: [] }]',
  'workflow: a.wasm\ninput: a.csv\ntests: [{ expect: [] }]',
  'workflow: a.wasm\ninput: a.csv\ntests: [{ name: a }]',
  'workflow: a.wasm\ninput: a.csv\ntests: [{ name: a, any_order: true, exit: 0 }]',
  spec('').replace('a.csv', '{ series: temp }'),
  spec('').replace('a.csv', '{ temp: { every: 10s } }'),
  spec('faults: [{ gap: 5m }]'),
  spec('faults: [{ series: temp }]'),
  oneTest('check: [{ at: +1m, equals: 1 }]'),
  expected('{ text: hi }'),
  // Wrong types, wrong words, missing values.
  '- a',
  spec('').replace('a.wasm', '[]'),
  spec('').replace('a.wasm', '3'),
  spec('build: [make]'),
  spec('').replace('a.csv', '[]'),
  spec('').replace('a.csv', '[[a.csv]]'),
  spec('').replace('a.csv', '{ csv: a.csv, time_unit: min }'),
  spec('').replace('a.csv', '{ csv: a.csv, tags: sensor=1 }'),
  spec('').replace('a.csv', "{ csv: a.csv, producer: '' }"),
  spec('http: [ok]'),
  spec('http: { https://a.example/: ok }'),
  answer('fine'),
  answer('99'),
  answer('[]'),
  answer('{ after: 5 }'),
  answer('{ body: a, slow: 50kB }'),
  answer('{ json: 1, text: a }'),
  answer('{ timeout: 1s, after: 1s }'),
  spec('start: yesterday'),
  spec('start: +10m'),
  spec('tick: 10'),
  spec('until: 10m'),
  spec('delivery: newest'),
  spec('seed: one'),
  spec('faults: { drop: 2% }'),
  spec('faults: [{ drop: 2 }]'),
  spec('faults: [{ drop: 2%, gap: 1m, at: +1m }]'),
  spec('faults: [{ skew: soon }]'),
  spec('limits: { trap: always }'),
  spec('limits: { memory: much }'),
  spec('limits: { callback_p99: 1 }'),
  'workflow: a.wasm\ninput: a.csv\ntests: []',
  'workflow: a.wasm\ninput: a.csv\ntests: { name: a, exit: 0 }',
  "workflow: a.wasm\ninput: a.csv\ntests: [{ name: '', exit: 0 }]",
  'workflow: a.wasm\ninput: a.csv\ntests: [{ name: a, exit: ended }]',
  oneTest('expect: snapshots'),
  oneTest('at_least: yes, expect: []'),
  oneTest('log: []'),
  oneTest('log: [3]'),
  oneTest('check: []'),
  oneTest("check: [{ at: +1m, query: 'AVG:temp:[]', equals: one }]"),
  expected('hi'),
  expected('{ ws: 0 }'),
  expected('{ ws: a, http: GET https://a.example/ }'),
  expected('{ ws: a, json: 1, text: a }'),
  expected('{ ws: a, text: 3 }'),
  expected('{ event: temp, value: high }'),
  expected('{ event: temp, tags: a }'),
  expected('{ event: temp, at: soon }'),
  expected("{ event: temp, exact: 'true', tags: [a] }"),
])('both refuse %j', (text) => {
  expect({ valid: isValid(text), parsed: isParsed(text) }).toEqual({ valid: false, parsed: false })
})

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** The parser's objections to the form of a spec, rather than to the meaning of its texts. */
const isOfForm = (problem: string): boolean => /^unknown key| is (a list|a mapping|boolean \w+),/.test(problem)

test('the schema refuses nothing that the parser accepts, and no form is left to the parser alone', () => {
  const whole = parse(complete) as Json
  const places = placesOf(whole)
  const mappings = places.filter((path) => isMapping(at(whole, path)))
  const scalars = [null, true, 0, 1, -3, 0.5, '', 'x', '10s', '+10m', '5%', '<any>', '</a/>', 'ok', 'snapshot']
  const values = [...scalars, ...scalars.slice(0, 6).map((value) => [value]), [], {}, { x: 1 }, { at: '+1m' }]
  const place = fc.constantFrom(...places, ...mappings.map((path) => [...path, 'unknown']))
  const value = fc.constantFrom<Json>(...values, ...places.map((path) => at(whole, path)))
  let refusedCount = 0
  fc.assert(
    fc.property(fc.array(fc.tuple(place, value), { minLength: 1, maxLength: 2 }), (changes) => {
      const text = stringify(changes.reduce((changed, [path, part]) => put(changed, path, part), whole))
      const [errors, problems] = [errorsOf(text), problemsOf(text)]
      if (errors.length > 0) {
        refusedCount++
        expect({ text, errors, problems }).not.toMatchObject({ problems: [] })
      } else {
        expect({ text, problems: problems.filter(isOfForm) }).toEqual({ text, problems: [] })
      }
    }),
    { numRuns: 400 },
  )
  expect(refusedCount).toBeGreaterThan(100)
})

function isMapping(value: Json): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function placesOf(value: Json, path: readonly string[] = []): string[][] {
  const inside =
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, part]) => placesOf(part, [...path, key]))
      : []
  return [[...path], ...inside]
}

function at(value: Json, path: readonly string[]): Json {
  return path.reduce<Json>((whole, key) => (whole as Record<string, Json>)[key]!, value)
}

function put(value: Json, [key, ...rest]: readonly string[], part: Json): Json {
  if (key === undefined) return part
  // Another change may have replaced what this path leads to.
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item, index) => (String(index) === key ? put(item, rest, part) : item))
  return { ...value, [key]: put((value as Record<string, Json>)[key] ?? null, rest, part) }
}

const faultName = (kind: string): string => `fault${kind[0]!.toUpperCase()}${kind.slice(1)}`
const expectedName = (kind: string): string => `expected${kind[0]!.toUpperCase()}${kind.slice(1)}`
const narrowed = (kind: string): readonly string[] =>
  kind === 'disconnect' || kind === 'close' ? [] : specKeys.narrowing

/** Each mapping of the schema that has its own keys, and the keys that the parser knows there. */
const levels: readonly (readonly [string, Definition | undefined, readonly string[]])[] = [
  ['spec', schema, specKeys.spec],
  ...(['test', 'input', 'inlineInput', 'answer', 'limits', 'state', 'check', 'sameAs'] as const).map(
    (level) => [level, definitions[level], specKeys[level]] as const,
  ),
  ...Object.entries(specKeys.fault).map(
    ([kind, keys]) => [faultName(kind), definitions[faultName(kind)], [...keys, ...narrowed(kind)]] as const,
  ),
  ...Object.entries(specKeys.expected).map(
    ([kind, keys]) => [expectedName(kind), definitions[expectedName(kind)], keys] as const,
  ),
]

test.each(levels)('schema and parser know the same keys of %s', (_level, definition, keys) => {
  expect(Object.keys(definition?.properties ?? {}).sort()).toEqual([...keys].sort())
})

test('no other mapping of the schema has its own keys', () => {
  const known = levels.map(([level]) => level)
  const others = Object.entries(definitions).filter(([name, { properties }]) => properties && !known.includes(name))
  expect(others).toEqual([])
})

test.each(levels)('an editor explains every key of %s', (_level, definition) => {
  const described = (value: Definition | undefined): boolean =>
    value !== undefined &&
    (value.description !== undefined || described(definitions[value.$ref?.split('/').at(-1) ?? '']))
  const silent = Object.entries(definition?.properties ?? {}).filter(([, value]) => !described(value))
  expect(silent.map(([key]) => key)).toEqual([])
})
