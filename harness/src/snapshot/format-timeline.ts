/**
 * A run as the text that is approved: one line per writeback in order, then how the run ended.
 *
 * A line stands for itself (full times, whole bodies), so that one that moves or goes changes no other. What a guest
 * sends always stays inside its line, and is never read back as a placeholder.
 */
import { escapeUnprintable, formatTimestamp, type Writeback } from '@slung/runtime'
import type { ReplayRun } from '../run/replay-run.ts'
import { formatBody, quote } from './format-body.ts'

/** What of a run is approved. */
export type ApprovableRun = Pick<ReplayRun, 'writebacks' | 'producers' | 'outcome' | 'code' | 'trap'>

/**
 * The lines, without line feeds: line `i` is writeback `i`, and the last one is the ending.
 *
 * @example
 * // 2026-01-01T00:00:05Z  WS edge-a "ALERT"
 * // 2026-01-01T00:00:05Z  POST https://hooks.example.com/alerts {"level":"high"} → 200
 * // 2026-01-01T01:00:00Z  EVENT temp_hourly{sensor=1} = 41.2 (timestamp 2026-01-01T00:00:00Z)
 * // drained
 */
export function formatTimeline(run: ApprovableRun): string[] {
  return [...run.writebacks.map((writeback) => formatWriteback(writeback, run.producers)), formatEnding(run)]
}

function formatWriteback(writeback: Writeback, producers: ReadonlyMap<number, string>): string {
  const time = `${formatTimestamp(writeback.at)}  `
  switch (writeback.kind) {
    case 'http': {
      const { method, url, body, status } = writeback
      const sent = body === '' ? '' : ` ${formatBody(body)}`
      return `${time}${method} ${formatName(url)}${sent} → ${status === 0 ? 'no response' : status}`
    }
    case 'ws': {
      const { producer, text } = writeback
      return `${time}WS ${formatName(producers.get(producer) ?? String(producer))} ${formatBody(text)}`
    }
    case 'event': {
      const { at, timestamp, series, tags, value } = writeback
      const labels = tags.length === 0 ? '' : `{${tags.map(formatTag).join(',')}}`
      const own = timestamp === at ? '' : ` (timestamp ${formatTimestamp(timestamp)})`
      return `${time}EVENT ${formatName(series)}${labels} = ${value}${own}`
    }
  }
}

function formatEnding({ outcome, code, trap }: ApprovableRun): string {
  if (outcome === 'returned') return `returned ${code}`
  if (outcome === 'trapped') return `trapped: ${formatMessage(trap?.message ?? 'for an unknown reason')}`
  return outcome
}

/** A name in quotes unless it is one word that can be nothing else. */
function formatName(name: string): string {
  return plainName.test(name) && escapeUnprintable(name) === name ? name : quote(name)
}

function formatTag(tag: string): string {
  return tag.includes(',') ? quote(tag) : formatName(tag)
}

/** To the end of the line, so spaces do no harm. */
function formatMessage(message: string): string {
  return /^[^\s"<[{](?:.*\S)?$/.test(message) && escapeUnprintable(message) === message ? message : quote(message)
}

const plainName = /^[^\s"\\{}<[\]()=→][^\s"\\{}]*$/
