import { distant } from '../../../test/distant-history.ts'
import { appendSample } from '../../../test/append-sample.ts'
import { describeHistorySourceConformance } from '../../testing/history-source.conformance.ts'
import { describeSampleHeadConformance } from '../../testing/sample-head.conformance.ts'
import { MemoryStore } from './memory-store.ts'

describeSampleHeadConformance('MemoryStore', () => new MemoryStore())

// No source of the runtime answers with a promise yet; this one shows that the suite and the callers can wait.
describeHistorySourceConformance('a distant MemoryStore', (samples) => {
  const store = new MemoryStore()
  for (const { series, timestamp, value } of samples) appendSample(store, store.intern(series), timestamp, value)
  return distant(store)
})
