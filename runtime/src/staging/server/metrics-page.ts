/** The page at `/metrics`, made by what is loaded when it is first asked for: that takes longer than all the rest to start. */
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
