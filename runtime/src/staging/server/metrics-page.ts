/** The page at `/metrics`. Its library loads with the first request: that takes longer than the rest of the startup. */
import type { RuntimeCounts } from './metrics.ts'

export interface MetricsPage {
  readonly text: string
  readonly contentType: string
}

/** @param counts - read at each scrape */
export function createMetricsPage(counts: () => RuntimeCounts): () => Promise<MetricsPage> {
  let loading: Promise<() => Promise<MetricsPage>> | undefined
  return async () => {
    loading ??= import('./metrics.ts').then(({ createMetrics }) => {
      const registry = createMetrics(counts)
      return async () => ({ text: await registry.metrics(), contentType: registry.contentType })
    })
    return (await loading)()
  }
}
