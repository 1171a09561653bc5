/** A damaged store, or one of the first format: what verify finds, and what repair brings back. */
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { appendSample } from '../../../test/append-sample.ts'
import { runProgram } from '../../cli/main.ts'
import { createSeries } from '../../engine/model/series.ts'
import { writeChecksum } from './damaged-bytes.ts'
import { durableSamplesMax } from './durable-chunk.ts'
import { DurableStore } from './durable-store.ts'
import { openStoreFiles, type StoreFiles } from './store-files.ts'
import { StoredHistory } from './stored-history.ts'
import { seriesKeyBytes, stateKeyBytes } from './store-keys.ts'

const everything = { names: null, tags: { kind: 'everything' } } as const

let folder = ''
let data = ''
let target = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slung-repair-'))
  data = join(folder, 'data')
  target = join(folder, 'new')
})
afterEach(() => rm(folder, { recursive: true }))

/** Three chunks of one series, and another one that is in the records 3, 4 and 5 of the journal. */
async function makeStore(): Promise<void> {
  const store = await DurableStore.open(data)
  const long = store.intern(createSeries('walk', []))
  for (let at = 0; at < 3 * durableSamplesMax; at++) appendSample(store, long, 1_000_000 * at, Math.sin(at))
  await store.commit()
  const short = store.intern(createSeries('temp', ['sensor=1']))
  for (let at = 0; at < 150; at++) {
    appendSample(store, short, at, at)
    if (at % 50 === 49) await store.commit()
  }
  await store.close()
}

async function slung(...parameters: readonly string[]): Promise<{ code: number; out: string; error: string }> {
  let out = ''
  let error = ''
  const code = await runProgram(parameters, { out: (text) => (out += text), error: (text) => (error += text) })
  return { code, out, error }
}

/** Changes records without their checksums. */
async function tamper(change: (files: StoreFiles) => void): Promise<void> {
  const files = openStoreFiles(data, 'write')
  change(files)
  await files.environment.close()
}

async function countOf(directory: string, names: readonly string[] | null): Promise<number> {
  const history = await StoredHistory.open(directory)
  try {
    return history.summarise({ ...everything, names }, null).count
  } finally {
    await history.close()
  }
}

test('what workflows remember is verified and copied, and what is damaged or missing is named', async () => {
  await makeStore()
  const store = await DurableStore.open(data)
  for (const key of ['a', 'b', 'c']) store.changeState('alert', [[key, Uint8Array.of(1, 2, 3)]])
  await store.close()
  expect((await slung('store', 'verify', data)).out).toContain(', 3 values that workflows remember; format 2')

  await tamper(({ state }) => {
    const key = stateKeyBytes('alert', 'a')
    const value = Buffer.from(state!.get(key)!)
    value.writeUInt8(9, value.length - 1)
    state!.putSync(key, value)
    state!.removeSync(stateKeyBytes('alert', 'b'))
  })
  await expect(DurableStore.open(data)).rejects.toThrow('the state "a" of workflow "alert"')
  const verified = await slung('store', 'verify', data)
  expect(verified.code).toBe(1)
  expect(verified.out).toContain('the state "a" of workflow "alert" is damaged')
  expect(verified.out).toContain('the table state has 2 records, expected 3')
  const repaired = await slung('store', 'repair', data, target)
  expect(repaired.code).toBe(1)
  expect(repaired.out).toContain('2 values that workflows remembered')
  const copy = await DurableStore.open(target)
  expect([...copy.stateOf('alert')]).toEqual([['c', Uint8Array.of(1, 2, 3)]])
  await copy.close()
})

test('a store from before workflows remembered anything is opened and read as it is', async () => {
  await makeStore()
  await tamper((files) => {
    const { environment, meta } = files
    const totals = Buffer.from(meta.get(Buffer.from('totals'))!).subarray(0, -8)
    meta.putSync(Buffer.from('totals'), writeChecksum('meta', Buffer.from('totals'), totals))
    files.state!.dropSync()
    expect([...environment.getKeys()].map(String).join()).not.toContain('state')
  })
  expect(await slung('store', 'verify', data)).toMatchObject({ code: 0, out: expect.not.stringContaining('value') })
  expect(await countOf(data, null)).toBe(24_726)
  const store = await DurableStore.open(data)
  store.changeState('alert', [['a', Uint8Array.of(1)]])
  await store.close()
  expect(await slung('store', 'verify', data)).toMatchObject({ code: 0, out: expect.stringContaining('1 value that') })
})

test('a sound store is sound, and its copy has everything', async () => {
  await makeStore()

  expect(await slung('store', 'verify', data)).toEqual({
    code: 0,
    out: `${data}: sound; 2 series, 3 chunks with 24,576 samples, 3 journal records; format 2\n`,
    error: '',
  })
  expect(await slung('store', 'repair', data, target)).toMatchObject({
    code: 0,
    out: `${target}: 2 series with 24,726 samples, copied from ${data} (format 2)\nnothing is gone\n`,
  })
  expect(await countOf(target, null)).toBe(3 * durableSamplesMax + 150)
})

test('a damaged chunk: other reads are answered, verify names it, repair says which samples are gone', async () => {
  await makeStore()
  await tamper(({ samples }) => {
    const { key, value } = Array.from(samples.getRange())[1]!
    const damaged = Buffer.from(value)
    damaged[100]! ^= 1
    samples.putSync(Buffer.from(key), damaged)
  })

  expect(await countOf(data, ['temp'])).toBe(150)
  const history = await StoredHistory.open(data)
  expect(() => history.select(everything, null, () => {})).toThrow(
    `the chunk of series 0 that begins at ${1_000_000 * durableSamplesMax} is damaged: the checksum is`,
  )
  await history.close()
  const verified = await slung('store', 'verify', data)
  expect(verified.code).toBe(1)
  expect(verified.out).toMatch(/damaged in 1 place.*\n {2}the chunk of series 0 that begins at 8192000000 is damaged/)
  const repaired = await slung('store', 'repair', data, target)
  expect(repaired.code).toBe(1)
  expect(repaired.out).toContain('gone:\n  walk: 8,192 samples from 1970-01-01T02:16:32Z to 1970-01-01T04:33:03Z\n')
  expect(await countOf(target, null)).toBe(2 * durableSamplesMax + 150)
  expect(await slung('store', 'verify', target)).toMatchObject({ code: 0 })
})

test('a lost summary refuses the store, and repair makes it again from the samples', async () => {
  await makeStore()
  await tamper(({ summaries }) => {
    summaries.removeSync(Buffer.from(Array.from(summaries.getKeys())[0]!))
  })

  await expect(StoredHistory.open(data)).rejects.toThrow('the table summaries is damaged: it has 2 records, expected 3')
  expect(await slung('store', 'repair', data, target)).toMatchObject({ code: 0 })
  expect(await countOf(target, null)).toBe(3 * durableSamplesMax + 150)
})

describe('records that are whole, but missing or not where they belong', () => {
  test.for<[what: string, change: (files: StoreFiles) => void, found: string]>([
    [
      'a series under the key of another',
      ({ series }) => {
        const [first] = Array.from(series.getRange(), ({ value }) => Buffer.from(value))
        series.putSync(seriesKeyBytes(1), first!)
      },
      'series 1 is damaged: the checksum is',
    ],
    [
      'a record in the middle of the journal',
      ({ journal }) => journal.removeSync(Buffer.from(Array.from(journal.getKeys())[1]!)),
      'record 4 of the journal is damaged: it is missing',
    ],
    [
      'the last record of the journal',
      ({ journal }) => journal.removeSync(Buffer.from(Array.from(journal.getKeys())[2]!)),
      'record 5 of the journal is damaged: it is missing',
    ],
    [
      'the last series',
      ({ series }) => series.removeSync(seriesKeyBytes(1)),
      'the table series is damaged: it has 1 records, expected 2',
    ],
    [
      'the totals',
      ({ meta }) => meta.removeSync(Buffer.from('totals')),
      'the record of totals is damaged: it is missing',
    ],
  ])('%s: refused, by name', async ([, change, found]) => {
    await makeStore()
    await tamper(change)

    for (const open of [() => DurableStore.open(data), () => StoredHistory.open(data)]) {
      await expect(open()).rejects.toMatchObject({
        code: 'store-corrupt',
        message: expect.stringContaining(found) as string,
      })
    }
    expect(await slung('store', 'verify', data)).toMatchObject({ code: 1 })
    const { code, out } = await slung('store', 'repair', data, target)
    expect(code).toBe(1)
    expect(out).toContain('gone:\n')
    expect(await slung('store', 'verify', target)).toMatchObject({ code: 0 })
  })
})

test('a store of format 1 is refused with what to do, and repair brings it to the present format', async () => {
  await mkdir(data)
  const old = zstdDecompressSync(await readFile(new URL('../../../test/format-1.mdb.zst', import.meta.url)))
  await writeFile(join(data, 'data.mdb'), old)

  for (const open of [() => DurableStore.open(data), () => StoredHistory.open(data)]) {
    await expect(open()).rejects.toMatchObject({
      code: 'store-format',
      message: `cannot open the store "${data}": it has format 1, and this program uses format 2; run "slung store repair ${data} NEW" to copy it into the new directory NEW, and use that`,
    })
  }
  expect(await slung('store', 'verify', data)).toMatchObject({ code: 0 })
  expect(await slung('store', 'repair', data, target)).toMatchObject({
    code: 0,
    out: `${target}: 2 series with 9,100 samples, copied from ${data} (format 1)\nnothing is gone\n`,
  })
  const history = await StoredHistory.open(target)
  const summary = history.summarise(everything, null)
  expect([summary.count, summary.value('SUM')]).toEqual([9100, (8999 * 9000) / 8 - 50 + 1225])
  await history.close()
  expect(await readFile(join(data, 'data.mdb'))).toEqual(old)
})

describe('what cannot be done is exit code 2 and one sentence', () => {
  test('a directory that a runtime has open', async () => {
    const store = await DurableStore.open(data)
    const result = await slung('store', 'verify', data)
    await store.close()
    expect(result).toMatchObject({ code: 2, error: expect.stringContaining('has it open; stop it') as string })
  })

  test('a target that is not empty', async () => {
    await makeStore()
    expect(await slung('store', 'repair', data, data)).toEqual({
      code: 2,
      out: '',
      error: `slung: cannot repair into "${data}": it is not empty; name a new directory\n`,
    })
  })

  test('a directory without a store, and a file without a beginning', async () => {
    expect(await slung('store', 'verify', folder)).toMatchObject({ code: 2 })
    await makeStore()
    await truncate(join(data, 'data.mdb'), 100)
    expect(await slung('store', 'repair', data, target)).toMatchObject({
      code: 2,
      error: expect.stringContaining('the beginning of its data.mdb was overwritten, or it is not a store') as string,
    })
  })
})
