/**
 * The JSON lines of `slung-test replay --json`: one object per timeline entry, then the end of the run,
 * and before it a line of the host where the run ended in an unusual way.
 */
import type { TimelineEntry } from '@slung/runtime'
import type { ReplayRun } from '../run/replay-run.ts'
import { describeOutcome } from '../run/describe-outcome.ts'

/** The keys and their order are a promise to scripts. Every line ends with a line feed; one text could be too long. */
export function* jsonLines(run: ReplayRun): Generator<string> {
  const { at, outcome, code, rows, delivered } = run
  const isUsual = outcome === 'drained' || outcome === 'returned'
  const reason: TimelineEntry[] = isUsual ? [] : [{ kind: 'log', at, stream: 'host', text: describeOutcome(run) }]
  const end = { kind: 'end', at, outcome, code, rows, delivered }
  for (const entry of [...run.timeline, ...reason]) yield `${JSON.stringify(withoutCause(entry))}\n`
  yield `${JSON.stringify(end)}\n`
}

/** Names every key, because the order of keys in an entry is not guaranteed. */
function withoutCause(entry: TimelineEntry): TimelineEntry {
  const { at } = entry
  switch (entry.kind) {
    case 'http': {
      const { method, url, body, status } = entry
      return { kind: 'http', at, method, url, body, status }
    }
    case 'ws':
      return { kind: 'ws', at, producer: entry.producer, text: entry.text }
    case 'event': {
      const { timestamp, series, value, tags } = entry
      return { kind: 'event', at, timestamp, series, value, tags }
    }
    case 'log':
      return { kind: 'log', at, stream: entry.stream, text: entry.text }
  }
}
