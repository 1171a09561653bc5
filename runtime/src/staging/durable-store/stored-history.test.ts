import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { appendSample } from '../../../test/append-sample.ts'
import { describeHistorySourceConformance } from '../../testing/history-source.conformance.ts'
import { DurableStore } from './durable-store.ts'
import { StoredHistory } from './stored-history.ts'

// Beside a runtime that has the store open, and has sealed nothing but full chunks: the rest comes from the journal.
describeHistorySourceConformance(
  'StoredHistory',
  async (samples) => {
    const folder = await mkdtemp(join(tmpdir(), 'slung-history-'))
    const store = await DurableStore.open(folder)
    for (const { series, timestamp, value } of samples) appendSample(store, store.intern(series), timestamp, value)
    await store.commit()
    const history = await StoredHistory.open(folder)
    const close = async (): Promise<void> => {
      await StoredHistory.prototype.close.call(history)
      await store.close()
      await rm(folder, { recursive: true })
    }
    return Object.assign(history, { close })
  },
  { runs: 20 },
)
