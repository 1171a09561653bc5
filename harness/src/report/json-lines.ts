/** The JSON lines of `slung-test replay --json`: one object per timeline entry, then the end of the run. */
import type { TimelineEntry } from '@slung/runtime'
import type { ReplayRun } from '../replay/replay-run.ts'

/** The keys and their order are a promise to scripts. Every line ends with a line feed. */
export function jsonLines(run: ReplayRun): string {
  const { at, outcome, code, rows, delivered } = run
  const values = [...run.timeline.map(withoutCause), { kind: 'end', at, outcome, code, rows, delivered }]
  return values.map((value) => `${JSON.stringify(value)}\n`).join('')
}

/** Names every key, because the order in which an entry was made is no promise. */
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
