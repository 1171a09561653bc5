/**
 * `npm run soak -- growth [rounds]`: overwrites the same samples again and again, while readers come and are killed. The
 * file's size stays bounded.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SampleBatchBuilder } from '../../src/engine/model/columns.ts'
import { createSeries } from '../../src/engine/model/series.ts'
import { DurableStore } from '../../src/staging/durable-store/durable-store.ts'
import { StoredHistory } from '../../src/staging/durable-store/stored-history.ts'

const seriesCount = 100
const samplesPerCommit = 2000
const commitsPerRound = 200
/** A journal of a million samples is some 10 MB of random ones, once in use and once free, beside the chunks. */
const bytesMax = 48 * 1024 * 1024

export async function soak(args: readonly string[]): Promise<void> {
  const rounds = Number(args[0] ?? 20)
  const folder = await mkdtemp(join(tmpdir(), 'slung-growth-'))
  const store = await DurableStore.open(folder)
  try {
    const ids = Array.from({ length: seriesCount }, (_, index) => store.intern(createSeries('noise', [`n=${index}`])))
    const batch = new SampleBatchBuilder({
      intern: (series) => store.intern(series),
      latestFor: () => Number.POSITIVE_INFINITY,
    })
    let written = 0
    for (let round = 0; round < rounds; round++) {
      const reader = fork(fileURLToPath(import.meta.url), [folder])
      await once(reader, 'message')
      reader.kill('SIGKILL')
      await once(reader, 'exit')
      for (let commit = 0; commit < commitsPerRound; commit++) {
        batch.clear()
        for (let index = 0; index < samplesPerCommit; index++, written++) {
          batch.add(ids[index % seriesCount]!, Math.floor(written / seriesCount) % 5000, Math.random(), index)
        }
        store.append(batch)
        await store.commit()
      }
      const { size } = await stat(join(folder, 'data.mdb'))
      console.log(
        `${round + 1} dead readers, ${written} samples written over ${seriesCount * 5000}: ${(size / 1e6).toFixed(1)} MB`,
      )
      if (size > bytesMax) throw new Error(`the file has ${size} bytes, more than ${bytesMax}`)
    }
  } finally {
    await store.close()
    await rm(folder, { recursive: true })
  }
}

// The reader that is killed.
if (process.send !== undefined && process.argv[1] === fileURLToPath(import.meta.url)) {
  await StoredHistory.open(process.argv[2]!)
  process.send('open')
  setInterval(() => {}, 1000)
}
