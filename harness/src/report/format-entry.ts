/** One line for one timeline entry or expected writeback: `00:00:07  WS edge-a "ALERT"`. */
import {
  escapeUnprintable,
  formatSeries,
  formatTimestamp,
  type HttpWriteback,
  type Micros,
  parseTimestamp,
  shortenAndCount,
  type TimelineEntry,
  type WsWriteback,
} from '@slung/runtime'
import type { ExpectedWriteback } from '../compare/expected-writeback.ts'
import type { RowReference } from '../run/replay-run.ts'
import { formatBody, formatExpectedValue, formatName } from './format-value.ts'
import type { TimePrinter } from './time-printer.ts'

export interface EntryStyle {
  readonly times: TimePrinter
  /** Names by connection id, as in `ReplayRun.producers`. */
  readonly producers: ReadonlyMap<number, string>
}

/** Two lines of a usual terminal; differences are shown by path, so a body need not be read whole. */
const bodyUnitsMax = 160
/** No honest URL is cut by this. */
const urlUnitsMax = 500

/** Further lines of output continue below, indented to where the first begins. */
export function formatEntry(entry: TimelineEntry, { times, producers }: EntryStyle): string {
  const producer = (frame: WsWriteback): string =>
    escapeUnprintable(producers.get(frame.producer) ?? String(frame.producer))
  const time = `${times.print(entry.at)}  `
  switch (entry.kind) {
    case 'http':
      return `${time}${words(entry.method, url(entry.url), entry.body && body(formatBody(entry.body)))}${answer(entry)}`
    case 'ws':
      return `${time}${words('WS', producer(entry), body(formatBody(entry.text)))}`
    case 'event': {
      const own = entry.timestamp === entry.at ? '' : `timestamp ${times.print(entry.timestamp).trimEnd()}`
      return `${time}${words('EVENT', escapeUnprintable(entry.series), entry.value, body(formatTags(entry.tags)), own)}`
    }
    case 'log': {
      const stream = `${entry.stream.toUpperCase()} `
      const lines = entry.text.split(/\r?\n/).map((line) => escapeUnprintable(line.replaceAll('\t', '  ')))
      return time + stream + lines.join(`\n${' '.repeat(time.length + stream.length)}`)
    }
  }
}

/** Only what was stated; the time stays blank where none was. */
export function formatExpected(expected: ExpectedWriteback, { times }: EntryStyle): string {
  const at = typeof expected.at === 'string' ? parseTimestamp(expected.at) : expected.at
  const time = `${typeof at === 'number' ? times.print(at) : times.blank}  `
  const isExactly = expected.exact === true && 'exactly'
  if ('event' in expected) {
    const { event, value, tags, timestamp } = expected
    return (
      time +
      words(
        'EVENT',
        escapeUnprintable(event),
        value !== undefined && formatName(value),
        tags && body(formatTags(tags)),
        timestamp !== undefined && `timestamp ${expectedTime(timestamp, times)}`,
        isExactly,
      )
    )
  }
  const content = expected.json === undefined ? expected.text : expected.json
  const about =
    'http' in expected
      ? escapeUnprintable(formatName(expected.http))
      : words('WS', escapeUnprintable(formatName(expected.ws)))
  const status = 'http' in expected && expected.status !== undefined ? `  → ${formatName(expected.status)}` : ''
  return time + words(about, content !== undefined && body(formatExpectedValue(content)), isExactly) + status
}

/** An input row: `hot.csv:132  2026-01-01T00:00:07Z  temp{sensor=1} = 101.5`; a data directory has no lines. */
export function formatRow({ file, line, timestamp, arrives, series, value }: RowReference): string {
  const arrival = arrives === timestamp ? '' : `, arrived ${formatTimestamp(arrives)}`
  const place = line === 0 ? file : `${file}:${line}`
  return escapeUnprintable(`${place}  ${formatTimestamp(timestamp)}  ${formatSeries(series)} = ${value}${arrival}`)
}

function answer({ status }: HttpWriteback): string {
  return `  → ${status === 0 ? 'no response' : status}`
}

function url(text: string): string {
  return shortenAndCount(escapeUnprintable(text), urlUnitsMax)
}

function body(text: string): string {
  return shortenAndCount(escapeUnprintable(text), bodyUnitsMax)
}

function formatTags(tags: readonly string[]): string {
  return tags.length === 0 ? '' : `{${tags.join(',')}}`
}

function expectedTime(timestamp: Micros | string, times: TimePrinter): string {
  const micros = typeof timestamp === 'number' ? timestamp : parseTimestamp(timestamp)
  return micros === null ? String(timestamp) : times.print(micros).trimEnd()
}

function words(...parts: readonly (string | number | false | undefined)[]): string {
  return parts.filter((part) => part !== '' && part !== false && part !== undefined).join(' ')
}
