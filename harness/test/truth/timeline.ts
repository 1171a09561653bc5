/** What a workflow did, as lines that two runs of it must share: everything but when. */
import type { TimelineEntry } from '@slung/runtime'

/** One line; its keys are always in the same order. What the host has to say is no part of a timeline: `null`. */
export function lineOf(entry: Timeless): string | null {
  switch (entry.kind) {
    case 'http':
      return JSON.stringify(['http', entry.method, entry.url, entry.method === 'GET' ? '' : entry.body, entry.status])
    case 'ws':
      return JSON.stringify(['ws', entry.producer, entry.text])
    case 'event':
      return JSON.stringify(['event', entry.series, entry.tags, entry.timestamp, entry.value])
    case 'log':
      return entry.stream === 'host' ? null : JSON.stringify(['log', entry.stream, entry.text])
  }
}

type Timeless = TimelineEntry extends infer Entry ? (Entry extends { at: unknown } ? Omit<Entry, 'at'> : never) : never

/** Position of the first line in which they differ; `null` = they are the same. */
export function firstDifference(one: readonly string[], other: readonly string[]): number | null {
  for (let index = 0; index < Math.max(one.length, other.length); index++) if (one[index] !== other[index]) return index
  return null
}

export function isLog(line: string): boolean {
  return line.startsWith('["log"')
}

/** Without what is printed after the last writeback. */
export function upToLastWriteback(lines: readonly string[]): string[] {
  return lines.slice(0, lines.findLastIndex((line) => !isLog(line)) + 1)
}
