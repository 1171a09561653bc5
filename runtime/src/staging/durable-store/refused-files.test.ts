/** Directories whose files are not a whole store: refused in words by every way of opening them, and left as they are. */
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { once } from 'node:events'
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appendSample } from '../../../test/append-sample.ts'
import { createSeries } from '../../engine/model/series.ts'
import { DurableStore } from './durable-store.ts'
import { durableSamplesMax } from './durable-chunk.ts'
import { StoredHistory } from './stored-history.ts'

const pageBytes = 4096
let folder = ''
let whole = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slung-refused-'))
  whole = join(folder, 'whole')
  const store = await DurableStore.open(whole)
  for (let index = 0; index < 400; index++) {
    const id = store.intern(createSeries('temp', [`sensor=${index}`]))
    for (let at = 0; at < 3; at++) appendSample(store, id, at, Math.sin(at))
    if (index % 40 === 0) await store.commit()
  }
  const long = store.intern(createSeries('long', []))
  for (let at = 0; at < 4 * durableSamplesMax; at++) appendSample(store, long, at, Math.sin(at))
  await store.close()
})
afterAll(() => rm(folder, { recursive: true }))

interface Refusal {
  readonly name: string
  readonly damage: (file: string, pages: number) => Promise<void>
  readonly code: string
  readonly found: RegExp
}

/** Writes bytes over a file, from a position on. */
async function overwrite(file: string, position: number, bytes: Uint8Array): Promise<void> {
  const content = await readFile(file)
  content.set(bytes, position)
  await writeFile(file, content)
}

/** The meta page that counts. */
async function newerMeta(file: string): Promise<number> {
  const content = await readFile(file)
  const transaction = (page: number): bigint => content.readBigUInt64LE(page * pageBytes + 24 + 128)
  return transaction(1) > transaction(0) ? pageBytes : 0
}

const u64 = (value: bigint): Uint8Array => new Uint8Array(new BigUint64Array([value]).buffer)
const junk = new Uint8Array(pageBytes).fill(0xa5)

const refusals: readonly Refusal[] = [
  ...[0.95, 0.75, 0.5, 0.1].map((left) => ({
    name: `${left * 100} % of the file is there`,
    damage: (file: string, pages: number) => truncate(file, Math.floor(pages * left) * pageBytes),
    code: 'store-corrupt',
    found:
      /its data.mdb is damaged: it was cut off, page \d+ of \d+ is missing; run "slung store repair .* NEW" to copy what is left into the new directory NEW, or restore data.mdb from a copy/,
  })),
  {
    name: 'cut off in the middle of its last page',
    damage: (file, pages) => truncate(file, pages * pageBytes - 100),
    code: 'store-corrupt',
    found: /it was cut off, page \d+ of \d+ is missing/,
  },
  {
    name: 'nothing but the two meta pages',
    damage: (file) => truncate(file, 2 * pageBytes),
    code: 'store-corrupt',
    found: /it was cut off/,
  },
  {
    name: 'one meta page',
    damage: (file) => truncate(file, pageBytes),
    code: 'store-format',
    found: /its data.mdb is not an LMDB database as Slung writes it, or its beginning was overwritten/,
  },
  {
    name: 'an empty file',
    damage: (file) => truncate(file, 0),
    code: 'store-corrupt',
    found: /its data.mdb is empty; restore it from a copy, or delete it to start a new store/,
  },
  ...[0, pageBytes].map((position) => ({
    name: `junk in the meta page at ${position}`,
    damage: (file: string) => overwrite(file, position, junk),
    code: 'store-format',
    found: /is not an LMDB database as Slung writes it, or its beginning was overwritten/,
  })),
  {
    name: 'a meta page with a page size of junk',
    damage: (file) => overwrite(file, 24 + 24, junk.subarray(0, 4)),
    code: 'store-format',
    found: /its beginning was overwritten/,
  },
  {
    name: 'a meta page that points beyond the end',
    damage: async (file) => overwrite(file, (await newerMeta(file)) + 24 + 112, u64(1n << 40n)),
    code: 'store-corrupt',
    found: /there is no page 1099511627776, the last is \d+/,
  },
  {
    name: 'a meta page that points to itself',
    damage: async (file) => overwrite(file, (await newerMeta(file)) + 24 + 112, u64(1n)),
    code: 'store-corrupt',
    found: /there is no page 1,/,
  },
  {
    name: 'junk in all pages but the first two',
    damage: (file, pages) => overwrite(file, 2 * pageBytes, new Uint8Array((pages - 2) * pageBytes).fill(0xa5)),
    code: 'store-corrupt',
    found: /page \d+ was overwritten/,
  },
  {
    name: 'zeros in all pages but the first two, as in a copy that was broken off',
    damage: (file, pages) => overwrite(file, 2 * pageBytes, new Uint8Array((pages - 2) * pageBytes)),
    code: 'store-corrupt',
    found: /page \d+ was overwritten/,
  },
  {
    name: 'a file of another program',
    damage: (file) => writeFile(file, `SQLite format 3\0${'x'.repeat(20_000)}`),
    code: 'store-format',
    found: /is not an LMDB database as Slung writes it/,
  },
  {
    name: 'a directory in place of the file',
    damage: async (file) => {
      await rm(file)
      await mkdir(file)
    },
    code: 'store-format',
    found: /its data.mdb is a directory, expected a file/,
  },
]

async function damagedCopy({ name, damage }: Refusal): Promise<string> {
  const directory = join(folder, name)
  await cp(whole, directory, { recursive: true })
  const file = join(directory, 'data.mdb')
  await damage(file, (await stat(file)).size / pageBytes)
  return directory
}

/** What a directory holds: its files and their bytes. */
async function contents(directory: string): Promise<Record<string, string>> {
  const names = (await readdir(directory, { recursive: true })).sort()
  const entries = names.map(async (name) => {
    const isFile = (await stat(join(directory, name))).isFile()
    return [name, isFile ? (await readFile(join(directory, name))).toString('base64') : 'directory'] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}

describe('refused in words, and left byte for byte', () => {
  test.for(refusals)('$name', async (refusal) => {
    const directory = await damagedCopy(refusal)
    const before = await contents(directory)
    for (const open of [() => DurableStore.open(directory), () => StoredHistory.open(directory)]) {
      await expect(open()).rejects.toMatchObject({
        code: refusal.code,
        message: expect.stringMatching(refusal.found) as string,
      })
    }
    expect(await contents(directory)).toEqual(before)
  })

  test.for(['data.mdb', '.'])('without permission to read %s', async (name) => {
    const directory = await mkdtemp(join(folder, 'unreadable-'))
    await cp(whole, directory, { recursive: true })
    await chmod(folder, 0o755)
    await chmod(join(directory, name), 0)
    const program = join(folder, 'program.mjs')
    // The system lets its administrator read everything. By then the code is read, from where another user may not be
    // let in.
    await writeFile(
      program,
      `import { StoredHistory } from '${new URL('stored-history.ts', import.meta.url).href}'
       if (process.getuid() === 0) { process.setegid(65_534); process.seteuid(65_534) }
       await StoredHistory.open(process.argv[2])`,
    )
    const { stderr } = await runProgram([program, directory])
    expect(stderr).toContain(
      `cannot open the store "${directory}": no permission to read it; grant it, or read as another user`,
    )
  })
})

test('a file where the directory should be, to a reader', async () => {
  const file = join(whole, 'data.mdb')
  await expect(StoredHistory.open(file)).rejects.toThrow(
    `cannot open the store "${file}": it is a file, expected a directory`,
  )
})

test('a file that lacks only pages that are free is whole', async () => {
  const directory = join(folder, 'short')
  await cp(whole, directory, { recursive: true })
  const file = join(directory, 'data.mdb')
  const { size } = await stat(file)
  await overwrite(file, (await newerMeta(file)) + 24 + 120, u64(BigInt(size / pageBytes) + 50n))
  const before = await readFile(file)
  const reader = await StoredHistory.open(directory)
  await reader.close()
  expect(await readFile(file)).toEqual(before)
  const store = await DurableStore.open(directory)
  appendSample(store, store.intern(createSeries('new', [])), 1, 1)
  await store.close()
  const reopened = await DurableStore.open(directory)
  expect(reopened.counts().series).toBe(402)
  await reopened.close()
})

test('a store with more free pages than one page lists is whole', async () => {
  const directory = join(folder, 'many-free')
  const store = await DurableStore.open(directory)
  const id = store.intern(createSeries('temp', []))
  appendSample(store, id, 0, 0)
  await store.commit()
  // What a reader looks at is not used again, so every commit adds to the lists.
  const reader = await StoredHistory.open(directory)
  for (let at = 1; at < 300; at++) {
    appendSample(store, id, at, at)
    await store.commit()
  }
  const later = await StoredHistory.open(directory)
  expect(later.summarise({ names: null, tags: { kind: 'everything' } }, null).count).toBe(300)
  await later.close()
  await reader.close()
  await store.close()
})

test('`slung query --data` and `slung run` end with 2 and one sentence', async () => {
  const directory = await damagedCopy({ ...refusals[1]!, name: 'for the commands' })
  const before = await contents(directory)
  for (const args of [
    ['query', '--data', directory, 'COUNT:long:[]'],
    ['run', '--data', directory, '--port', '0'],
  ]) {
    const { exitCode, stderr } = await runProgram([slung, ...args])
    expect(stderr).toMatch(/^slung: cannot open the store ".*": its data.mdb is damaged: it was cut off, page .*\n$/)
    expect(exitCode).toBe(2)
  }
  expect(await contents(directory)).toEqual(before)
})

const slung = fileURLToPath(new URL('../../../test/slung.ts', import.meta.url))

async function runProgram(args: readonly string[]): Promise<{ exitCode: number | null; stderr: string }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const [stderr, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'close') as Promise<[number | null]>])
  return { exitCode, stderr }
}
