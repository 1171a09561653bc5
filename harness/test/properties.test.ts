/** Properties as an author writes them: what a failure says and saves, and real guests under generated input. */
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { replay } from '../src/index.ts'
import { forAll, series, type RowsInput } from '../src/properties/index.ts'
import { guestUrl } from './build-guests.ts'

const folder = await mkdtemp(join(tmpdir(), 'slung-properties-'))
afterAll(() => rm(folder, { recursive: true }))

const walk = series.walk('temp{sensor=1, producer=edge-a}', { every: '10s', for: '6h', min: -20, max: 80, step: 2 })
const isCool = ({ rows }: RowsInput): void => {
  expect(Math.max(...rows.map(({ value }) => value))).toBeLessThanOrEqual(50)
}

/** What a promise fails with. */
async function failureOf(promise: Promise<void>): Promise<Error> {
  return await promise.then(
    () => expect.fail('the property holds'),
    (error: unknown) => error as Error,
  )
}

test('a failure says why, shows the rows, and what to type next', async () => {
  const failure = await failureOf(forAll(walk, isCool, { seed: 42, directory: folder }))

  const time = /^ {4}(\S+),temp,1,edge-a,51$/m.exec(failure.message)?.[1]
  expect(
    failure.message
      .replace(/(run|after) \d+/g, '$1 N')

      .split('\n'),
  ).toEqual([
    'expected 51 to be less than or equal to 50',
    '',
    '  fails for 1 row, found in run N after N shrinks',
    '    timestamp,series,sensor,producer,value',
    `    ${time},temp,1,edge-a,51`,
    '',
    expect.stringMatching(/^ {2}saved {5}.*shrunk-42\.csv$/),
    expect.stringMatching(/^ {2}spec {6}input: .*shrunk-42\.csv$/),
    '  seed      42',
    '  repeat    forAll(…, { seed: 42 })',
  ])
  expect(await readFile(join(folder, 'shrunk-42.csv'), 'utf8')).toBe(
    `timestamp,series,sensor,producer,value\n${time},temp,1,edge-a,51\n`,
  )
  expect(failure.cause).toMatchObject({ name: 'AssertionError', message: 'expected 51 to be less than or equal to 50' })
  expect(failure.stack).toMatch(/^ {4}at .*properties\.test\.ts/m)
  expect(/^ {4}at .*/m.exec(failure.stack ?? '')?.[0]).toContain('properties.test.ts')
})

test('the rows are saved beside the test, under the seed that finds them again', async () => {
  const failure = await failureOf(forAll(walk, isCool))
  const seed = Number(/^ {2}seed {6}(\d+)$/m.exec(failure.message)?.[1])
  const file = new URL(`fixtures/shrunk-${seed}.csv`, import.meta.url)
  onTestFinished(async () => {
    await rm(file)
    // Unless other fixtures are there.
    await rmdir(new URL('.', file)).catch(() => {})
  })
  const csv = await readFile(file, 'utf8')
  await writeFile(file, 'what an earlier run left')

  expect(failure.message).toContain(`  spec      input: fixtures/shrunk-${seed}.csv\n`)
  expect((await failureOf(forAll(walk, isCool, { seed }))).message).toBe(failure.message)
  expect(await readFile(file, 'utf8')).toBe(csv)
})

test('nothing is written when the property holds', async () => {
  const inputs: RowsInput[] = []
  const quiet = join(folder, 'quiet')
  await forAll(walk, (input) => void inputs.push(input), { runs: 7, directory: quiet })

  expect(inputs.map(({ rows }) => rows.length)).toEqual(Array.from({ length: 7 }, () => 2160))
  expect(new Set(inputs.map(({ rows }) => rows[0]!.value)).size).toBeGreaterThan(1)
  expect(existsSync(quiet)).toBe(false)
})

test('false fails, too; the first twenty of many rows are shown, and the requested number of runs is repeated', async () => {
  const values = series.values('load', { every: '1s', count: 40, min: 0, max: 1 })
  const failure = await failureOf(
    forAll(values, ({ rows }) => rows.length < 32, { seed: 1, runs: 5, directory: folder }),
  )

  expect(failure.message).toMatch(
    /^the property returned false\n\n {2}fails for 32 rows, found in run 1 after \d+ shrinks\n/,
  )
  expect(failure.message.match(/^ {4}2026-.*,load,0$/gm)).toHaveLength(20)
  expect(failure.message).toContain('\n    … 12 more\n')
  expect(failure.message).toContain('\n  repeat    forAll(…, { runs: 5, seed: 1 })')
  expect((await readFile(join(folder, 'shrunk-1.csv'), 'utf8')).split('\n')).toHaveLength(1 + 32 + 1)
})

test('examples are tried first, and keep their values when they shrink', async () => {
  const rows = [20, 99.5, 30].map((value, index) => ({ timestamp: index, series: 'temp', value }))
  const failure = await failureOf(forAll(walk, isCool, { examples: [{ rows }], seed: 2, directory: folder }))
  expect(failure.message).toContain('found in run 1 after')
  expect(failure.message).toContain('\n    1970-01-01T00:00:00.000001Z,temp,99.5\n')
})

test('a failure that needs nearly all rows says that shrinking was given up', async () => {
  const values = series.values('load', { every: '1s', count: 1500, min: 0, max: 1 })
  let calls = 0
  const failure = await failureOf(
    forAll(values, ({ rows }) => (calls++, rows.length < 1490), { seed: 3, directory: folder }),
  )
  expect(failure.message).toContain('\n  note      shrinking ended after 500 attempts: fewer rows may fail too\n')
  expect(calls).toBe(501)
})

test('a failure that cannot be saved is reported all the same', async () => {
  const odd = fc.constant({ rows: [{ timestamp: 0, series: 'temp', value: 1, tags: ['a;b'] }] })
  const unwritable = await failureOf(forAll(odd, () => false, { seed: 4, directory: folder }))
  expect(unwritable.message).toContain('\n    {"timestamp":0,"series":"temp","value":1,"tags":["a;b"]}\n')
  expect(unwritable.message).toContain('\n  not saved cannot write row 1 as a fixture: the tag "a;b" fits no column')

  const occupied = await failureOf(forAll(walk, isCool, { seed: 42, directory: import.meta.filename }))
  expect(occupied.message).toMatch(/\n {2}not saved .*(EEXIST|ENOTDIR)/)
  expect(await readdir(folder)).not.toContain('shrunk-4.csv')
})

test('a property that skips nearly all input is not checked', async () => {
  await expect(forAll(walk, () => fc.pre(false), { runs: 3, directory: folder })).rejects.toThrow(
    /^cannot check the property: fc\.pre skipped \d+ inputs and let 0 through, expected 3; /,
  )
})

test('unknown options are refused', async () => {
  const refused: [problem: string, options: object][] = [
    ['unknown option "sed"; did you mean "seed"?', { sed: 1 }],
    ['runs is 0, expected a whole number from 1', { runs: 0 }],
    ['seed is -1, expected a whole number from 0 to 2147483647', { seed: -1 }],
  ]
  for (const [problem, options] of refused) {
    await expect(forAll(walk, isCool, options)).rejects.toThrow(`cannot check the property: ${problem}`)
  }
})

test('a workflow that is wrong for some input is caught with the rows that make it so', async () => {
  const failure = await failureOf(
    forAll(
      walk,
      async (input) => {
        const run = await replay(guestUrl('downsample'), { input })
        for (const entry of run.writebacks) if (entry.kind === 'event') expect(entry.value).toBeLessThanOrEqual(50)
      },
      { runs: 20, seed: 5, directory: folder },
    ),
  )
  expect(failure.message).toMatch(/^expected 51 to be less than or equal to 50\n\n {2}fails for 1 row, /)

  // What was saved makes the workflow fail without any generator.
  const run = await replay(guestUrl('downsample'), { input: join(folder, 'shrunk-5.csv') })
  expect(run.writebacks).toMatchObject([{ kind: 'event', value: 51 }, { kind: 'ws' }])
  expect(run.producers).toEqual(new Map([[1, 'edge-a']]))
})

test('an alert that comes twice shrinks to the rows that switch it twice', async () => {
  const input = series.merge(
    series.walk('temp{hook=https://hooks.example.com/a, producer=edge-a}', {
      every: '10s',
      for: '1h',
      min: 0,
      max: 60,
    }),
    series.gaps(series.values('load', { every: '10s', for: '1h', min: 0, max: 1 }), { of: '10%', length: '5min' }),
  )
  const failure = await failureOf(
    forAll(
      input,
      async (rows) => {
        const run = await replay(guestUrl('watch-two'), { input: rows, http: 'ok' })
        expect(run.writebacks.filter(({ kind }) => kind === 'http').length).toBeLessThan(2)
      },
      { runs: 20, seed: 6, directory: folder },
    ),
  )
  const rows = (await readFile(join(folder, 'shrunk-6.csv'), 'utf8')).trim().split('\n').slice(1)
  expect(failure.message).toContain('\n  fails for 2 rows, ')
  expect(rows.map((row) => row.slice(row.indexOf(',')))).toEqual([
    ',temp,https://hooks.example.com/a,edge-a,31',
    ',temp,https://hooks.example.com/a,edge-a,0',
  ])
})

test('a workflow that is right holds for all input', async () => {
  const run = async (input: RowsInput): Promise<void> => {
    expect(await replay(guestUrl('read-every-event'), { input })).toMatchObject({
      outcome: 'drained',
      rows: input.rows.length,
    })
  }
  await forAll(series.gaps(walk, { of: '10%', length: '10min' }), run, { runs: 10, directory: folder })
})
