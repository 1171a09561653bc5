/**
 * Tells a webhook when the load of a host is far from what is usual at this hour of the day, and when it is usual again.
 *
 * What is usual comes from the store: the averages of the same hour on the days before, queried from history once an
 * hour. Distance is measured in their standard deviations (z), so an hour that differs from day to day may differ
 * today, too.
 *
 * The state has the baseline of the hour and the last verdict: late samples change history, and not what was said before.
 */
import { DAY, HOUR, Json, Query, env, http, log, state } from '@slung/sdk-as/assembly'

const BASELINE_DAYS = 7
const BASELINE_DAYS_MIN = 3

class Baseline {
  constructor(
    readonly mean: f64,
    readonly deviation: f64,
  ) {}
}

export function call(): i32 {
  const tag = 'host=' + (env.get('HOST') || 'web-1')
  // Two limits, so that a load near one of them does not alert again and again.
  const anomalyZ = env.number('ANOMALY_Z', 4)
  const normalZ = env.number('NORMAL_Z', 2)
  // If all days were alike, any change would be an anomaly.
  const deviationMinPercent = env.number('DEVIATION_MIN_PERCENT', 0.04)
  const webhook = env.get('WEBHOOK') || 'https://hooks.example.com/anomalies'

  const load = Query.avg('cpu').tag(tag).last('1h').live()
  if (!load.ok) return 1
  let baseline = recall()
  let baselineHour = <i64>state.number('hour', -Infinity)
  let isAnomaly = state.get('is_anomaly') == 'true'
  while (true) {
    const event = load.next()!
    const hour = event.timestamp - (event.timestamp % HOUR)
    // Never backwards: the average that a late sample changes is still that of the newest hour.
    if (hour > baselineHour) {
      baselineHour = hour
      baseline = baselineOf(tag, hour, deviationMinPercent)
      remember(hour, baseline)
    }
    if (baseline == null) continue

    const z = (event.value - baseline.mean) / baseline.deviation
    const wasAnomaly = isAnomaly
    isAnomaly = wasAnomaly ? abs(z) >= normalZ : abs(z) > anomalyZ
    if (isAnomaly == wasAnomaly) continue
    state.set('is_anomaly', isAnomaly)

    const verdict = Json.object()
      .set('level', isAnomaly ? 'anomaly' : 'normal')
      .set('series', 'cpu')
      .set('value', event.value)
      .set('mean', baseline.mean)
      .set('z', z)
      .set('timestamp', event.timestamp)
    if (!http.post(webhook, verdict.toString()).ok) log.error('The webhook did not take the verdict')
  }
}

function remember(hour: i64, baseline: Baseline | null): void {
  state.set('hour', hour)
  if (baseline == null) {
    state.remove('mean')
  } else {
    state.set('mean', baseline.mean)
    state.set('deviation', baseline.deviation)
  }
}

function recall(): Baseline | null {
  const mean = state.number('mean')
  return isNaN(mean) ? null : new Baseline(mean, state.number('deviation'))
}

/** What is usual in the hour that starts at `hour`; null when too few of the days before have samples. */
function baselineOf(tag: string, hour: i64, deviationMinPercent: f64): Baseline | null {
  const means: f64[] = []
  for (let day = 1; day <= BASELINE_DAYS; day++) {
    const start = hour - day * DAY
    // Both ends of a range belong to it, and the next hour does not.
    const end = start + HOUR - 1
    const mean = Query.avg('cpu').tag(tag).between(start.toString(), end.toString()).history()
    if (mean.ok) means.push(mean.value)
  }
  if (means.length < BASELINE_DAYS_MIN) return null

  const count = <f64>means.length
  let sum: f64 = 0
  for (let i = 0; i < means.length; i++) sum += means[i]
  const mean = sum / count
  let squares: f64 = 0
  for (let i = 0; i < means.length; i++) squares += (means[i] - mean) * (means[i] - mean)
  const deviation = Math.sqrt(squares / (count - 1))
  return new Baseline(mean, max(deviation, deviationMinPercent))
}
