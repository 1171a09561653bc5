/**
 * How long a store takes to start after it was killed, and to stop, with many slow series: `npm run soak -- restart
 * [series] [samples]`. Starting must depend on what is in no sealed chunk, not on how often a series was written.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createSeries } from '../../src/engine/model/series.ts'
import { SampleBatchBuilder } from '../../src/engine/model/columns.ts'
import { DurableStore } from '../../src/staging/durable-store/durable-store.ts'
import { StoredHistory } from '../../src/staging/durable-store/stored-history.ts'

const samplesPerCommit = 20_000
const everything = { names: null, tags: { kind: 'everything' } } as const

export async function soak(args: readonly string[]): Promise<void> {
  const seriesCount = Number(args[0] ?? 50_000)
  const sampleCount = Number(args[1] ?? 3_000_000)
  const folder = await mkdtemp(join(tmpdir(), 'slung-restart-'))
  try {
    const killed = join(folder, 'killed')
    const child = fork(fileURLToPath(import.meta.url), [killed, `${seriesCount}`, `${sampleCount}`])
    await once(child, 'message')
    child.kill('SIGKILL')
    await once(child, 'exit')
    console.log(`${sampleCount} samples of ${seriesCount} series in turns, then kill -9`)

    const history = await timed('open to read', () => StoredHistory.open(killed))
    await history.close()
    const store = await timed('open to write', () => DurableStore.open(killed))
    const { count } = store.summarise(everything, null)
    if (count !== sampleCount) throw new Error(`${sampleCount} samples were committed, found are ${count}`)
    await timed('stop', () => store.close())

    const wide = await DurableStore.open(join(folder, 'wide'))
    await fill(wide, 2 * seriesCount, 4 * seriesCount)
    await timed(`stop with ${2 * seriesCount} series of 2 samples`, () => wide.close())
    const again = await timed('open it again', () => DurableStore.open(join(folder, 'wide')))
    await again.close()
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function timed<Result>(what: string, act: () => Promise<Result>): Promise<Result> {
  const begin = performance.now()
  const used = process.cpuUsage()
  const result = await act()
  const { user, system } = process.cpuUsage(used)
  console.log(
    `${what.padEnd(45)} ${Math.round(performance.now() - begin)} ms, ${Math.round((user + system) / 1000)} of the processor`,
  )
  return result
}

/** Each series in turn, one second apart. */
async function fill(store: DurableStore, seriesCount: number, sampleCount: number): Promise<void> {
  const ids = Array.from({ length: seriesCount }, (_, index) => store.intern(createSeries('slow', [`sensor=${index}`])))
  const batch = new SampleBatchBuilder({
    intern: (series) => store.intern(series),
    latestFor: () => Number.POSITIVE_INFINITY,
  })
  for (let from = 0; from < sampleCount; from += samplesPerCommit) {
    batch.clear()
    for (let index = from; index < Math.min(sampleCount, from + samplesPerCommit); index++) {
      const turn = Math.floor(index / seriesCount)
      batch.add(ids[index % seriesCount]!, turn * 1_000_000, (turn % 7) / 4, index)
    }
    store.append(batch)
    await store.commit()
  }
}

// The process that is killed.
if (process.send !== undefined && process.argv[1] === fileURLToPath(import.meta.url)) {
  const [directory, seriesCount, sampleCount] = process.argv.slice(2) as [string, string, string]
  await fill(await DurableStore.open(directory), Number(seriesCount), Number(sampleCount))
  process.send('done')
}
