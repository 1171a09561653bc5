/**
 * The cost of the durable store alone, without sockets: `node bench/store.ts [rounds]`.
 *
 * 10 million samples of 100 series, one second apart, all series of one second before the next: a random walk in cents.
 * Prints medians over the rounds. Machines differ: compare rounds of one run only.
 */
import { SampleBatchBuilder } from '../src/engine/model/columns.ts'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSeries } from '../src/engine/model/series.ts'
import { DurableStore } from '../src/staging/durable-store/durable-store.ts'
import { SeededRandom } from '../src/testing/seeded-random.ts'

const rounds = Number(process.argv[2] ?? 3)
const sampleCount = 10_000_000
const seriesCount = 100
const samplesPerCommit = 20_000
/** Beyond this backlog the feed waits for the disk, as a runtime does. */
const uncommittedMax = 200_000
const start = 1_700_000_000_000_000
const second = 1_000_000

const folder = await mkdtemp(join(tmpdir(), 'slung-bench-'))
const steps = makeSteps()
const results: Record<string, number>[] = []
try {
  for (let round = 0; round < rounds; round++) {
    const directory = join(folder, `round-${round}`)
    results.push(await measure(directory))
    await rm(directory, { recursive: true })
  }
} finally {
  await rm(folder, { recursive: true })
}
for (const what of Object.keys(results[0]!)) {
  const values = results.map((result) => result[what]!).sort((left, right) => left - right)
  console.log(`${what.padEnd(52)} ${values[values.length >>> 1]!.toLocaleString('en', { maximumFractionDigits: 2 })}`)
}

async function measure(directory: string): Promise<Record<string, number>> {
  const store = await DurableStore.open(directory)
  const ids = Array.from({ length: seriesCount }, (_, index) => store.intern(createSeries('walk', [`sensor=${index}`])))
  const cents = Array.from({ length: seriesCount }, () => 2000)
  const begin = performance.now()
  let appendMillis = 0
  let mostUncommitted = 0
  const batch = new SampleBatchBuilder({
    intern: (series) => store.intern(series),
    latestFor: () => Number.POSITIVE_INFINITY,
  })
  for (let from = 0; from < sampleCount; from += samplesPerCommit) {
    const sliceBegin = performance.now()
    batch.clear()
    for (let index = from; index < from + samplesPerCommit; index++) {
      const series = index % seriesCount
      cents[series]! += steps[index]!
      batch.add(ids[series]!, start + Math.floor(index / seriesCount) * second, cents[series]! / 100, index)
    }
    store.append(batch)
    const committed = store.commit()
    appendMillis += performance.now() - sliceBegin
    mostUncommitted = Math.max(mostUncommitted, store.counts().uncommitted)
    if (store.counts().uncommitted > uncommittedMax) await committed
    else await new Promise((resolve) => setImmediate(resolve))
  }
  await store.commit()
  const feedMillis = performance.now() - begin
  const closeBegin = performance.now()
  await store.close()
  const closeMillis = performance.now() - closeBegin
  const { size } = await stat(join(directory, 'data.mdb'))

  const openBegin = performance.now()
  const again = await DurableStore.open(directory)
  const openMillis = performance.now() - openBegin
  const end = start + (sampleCount / seriesCount - 1) * second
  const everySeries = { names: ['walk'], tags: { kind: 'everything' } } as const
  const oneSeries = { names: ['walk'], tags: { kind: 'tag', tag: 'sensor=42' } } as const
  const lastHour = { start: end - 3600 * second, end }
  const queryMillis = (query: () => unknown): number => {
    const queryBegin = performance.now()
    query()
    return performance.now() - queryBegin
  }
  const result = {
    'samples/s appended, this thread alone': sampleCount / (appendMillis / 1000),
    'samples/s appended and committed': sampleCount / (feedMillis / 1000),
    'most samples waiting for the disk': mostUncommitted,
    'close, ms': closeMillis,
    'bytes per sample, data.mdb': size / sampleCount,
    'bytes per sample, chunks in it': again.counts().sealedBytes! / sampleCount,
    'open again, ms': openMillis,
    'average of one series, last hour, first time, ms': queryMillis(() => again.summarise(oneSeries, lastHour)),
    'average of one series, all time, ms': queryMillis(() => again.summarise(oneSeries, null)),
    'average of all series, all time, ms': queryMillis(() => again.summarise(everySeries, null)),
    'average of all series, last hour, first time, ms': queryMillis(() => again.summarise(everySeries, lastHour)),
    'average of all series, last hour, again, ms': queryMillis(() => again.summarise(everySeries, lastHour)),
  }
  await again.close()
  return result
}

/** Steps in cents, −50 … 50, the same each time. */
function makeSteps(): Int8Array {
  const random = new SeededRandom(1)
  return Int8Array.from({ length: sampleCount }, () => random.below(101) - 50)
}
