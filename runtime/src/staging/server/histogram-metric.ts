/** A histogram that is read at each scrape; those of the library count for themselves. */
import type { Metric, Registry } from 'prom-client'
import type { Histogram } from '../observe/histogram.ts'

export interface LabelledHistogram {
  readonly labels: Readonly<Record<string, string>>
  readonly histogram: Histogram
}

/** @param read - called at each scrape */
export function registerHistogram(
  registry: Registry,
  name: string,
  help: string,
  read: () => readonly LabelledHistogram[],
): void {
  const metric = {
    name,
    get: () =>
      Promise.resolve({ name, help, type: 'histogram', values: read().flatMap((each) => valuesOf(name, each)) }),
  }
  registry.registerMetric(metric as unknown as Metric)
}

function valuesOf(name: string, { labels, histogram: { bounds, counts, sum } }: LabelledHistogram) {
  let count = 0
  const buckets = Array.from(counts, (own, index) => {
    count += own
    const le = bounds[index] ?? '+Inf'
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: count }
  })
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ]
}
