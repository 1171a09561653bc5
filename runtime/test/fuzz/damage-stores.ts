/** Small stores of different shapes, to be damaged, each with what it answers. */
import { copyFile, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { createSeries, formatSeries } from '../../src/engine/model/series.ts'
import type { LocalHistory, Selection } from '../../src/engine/store/history-source.ts'
import { DurableStore } from '../../src/staging/durable-store/durable-store.ts'
import { durableSamplesMax } from '../../src/staging/durable-store/durable-chunk.ts'
import { StoredHistory } from '../../src/staging/durable-store/stored-history.ts'
import { appendSample } from '../append-sample.ts'

export interface DamagedStore {
  readonly name: string
  /** Its `data.mdb`, and the same some commits earlier. */
  readonly bytes: Buffer
  readonly earlier: Buffer
  readonly answers: readonly Answer[]
}

export interface Answer {
  readonly question: Question
  readonly value: string
}

export interface Question {
  readonly names: readonly string[] | null
  readonly span: { readonly start: number; readonly end: number } | null
  /** All samples, or their summary. */
  readonly kind: 'select' | 'summarise'
}

type Filler = (store: DurableStore, earlier: () => Promise<void>) => Promise<void>

const fillers: Readonly<Record<string, Filler>> = {
  /** A bit of everything: long and short series, late samples, removals. */
  async mixed(store, earlier) {
    const long = store.intern(createSeries('long', []))
    for (let index = 0; index < 200; index++) {
      const id = store.intern(createSeries('short', [`sensor=${index}`]))
      for (let at = 0; at < 3; at++) appendSample(store, id, 1000 + at, Math.sin(at))
      if (index % 40 === 0) await store.commit()
    }
    for (let at = 0; at < 3 * durableSamplesMax; at++) appendSample(store, long, 10 * at, Math.sin(at))
    store.retain({ before: 1000, bytesMax: null })
    await store.commit()
    await earlier()
    for (let at = 0; at < 500; at++) appendSample(store, long, 10 * at + 5, at)
    await store.commit()
    for (let at = 0; at < 500; at++) appendSample(store, long, 10 * at + 100_003, at)
    await store.commit()
  },
  /** Nothing is in a chunk. */
  async journal(store, earlier) {
    const ids = Array.from({ length: 50 }, (_, index) => store.intern(createSeries('slow', [`sensor=${index}`])))
    for (let turn = 0; turn < 12; turn++) {
      for (const id of ids) for (let at = 0; at < 15; at++) appendSample(store, id, 15 * turn + at, Math.cos(at * turn))
      await store.commit()
      if (turn === 6) await earlier()
    }
  },
  /** Tables of chunks with more than one level of pages. */
  async chunks(store, earlier) {
    for (let index = 0; index < 48; index++) {
      const id = store.intern(createSeries('regular', [`sensor=${index}`]))
      for (let at = 0; at < durableSamplesMax; at++) appendSample(store, id, at, index)
      if (index % 8 === 7) await store.commit()
      if (index === 31) await earlier()
    }
  },
  /** A table of series with more than one level of pages. */
  async wide(store, earlier) {
    for (let index = 0; index < 1000; index++) {
      appendSample(store, store.intern(createSeries('wide', [`sensor=${index}`, 'site=north'])), index, index / 8)
      if (index % 250 === 249) await store.commit()
      if (index === 499) await earlier()
    }
  },
}

/** @param folder - where to make them; what is in it afterwards may be removed */
export async function makeStores(folder: string): Promise<DamagedStore[]> {
  const stores: DamagedStore[] = []
  for (const [name, fill] of Object.entries(fillers)) {
    const directory = join(folder, `intact-${name}`)
    await rm(directory, { recursive: true, force: true })
    await mkdir(directory, { recursive: true })
    const file = join(directory, 'data.mdb')
    const copy = join(directory, 'earlier')
    const store = await DurableStore.open(directory)
    await fill(store, () => copyFile(file, copy))
    await store.close()
    const history = await StoredHistory.open(directory)
    const answers = questionsOf(name).map((question) => ({ question, value: ask(history, question) }))
    await history.close()
    stores.push({ name, bytes: await readFile(file), earlier: await readFile(copy), answers })
  }
  return stores
}

function questionsOf(name: string): Question[] {
  const summaries = [null, { start: 1001, end: 6_004 }, { start: 40_000, end: 120_000 }, { start: 0, end: 0 }].map(
    (span) => ({ names: null, span, kind: 'summarise' as const }),
  )
  // The store of regular samples has a million of them.
  const span = name === 'chunks' ? { start: 100, end: 102 } : null
  return [
    ...summaries,
    { names: ['short', 'slow', 'wide'], span: null, kind: 'summarise' },
    { names: ['long', 'regular'], span: null, kind: 'summarise' },
    { names: null, span, kind: 'select' },
  ]
}

/** The answer as a text to compare. @throws {SlungError} */
export function ask(history: LocalHistory, { names, span, kind }: Question): string {
  const selection: Selection = { names, tags: { kind: 'everything' } }
  if (kind === 'summarise') {
    const summary = history.summarise(selection, span)
    return (['COUNT', 'SUM', 'MIN', 'MAX'] as const).map((operator) => summary.value(operator)).join(' ')
  }
  let count = 0
  let checksum = 0
  const sample = new Float64Array(2)
  history.select(selection, span, (id, timestamp, value) => {
    sample[0] = timestamp
    sample[1] = value
    checksum = crc32(new Uint8Array(sample.buffer), crc32(formatSeries(history.series(id)), checksum))
    count++
  })
  return `${count} ${checksum}`
}
