/** Faults for people, in one line, as they are written in a spec. */
import { formatDuration, formatTimestamp } from '@slung/runtime'
import type { TimeOrOffset } from '../run/time-or-offset.ts'
import type { Fault, Narrowing, Share } from './fault.ts'

/** @example describeFault(fault) // "{ late: 30s, of: 10%, series: temp }" */
export function describeFault(fault: Fault): string {
  const entries = ownEntries(fault)
  return `{ ${entries.map(([key, text]) => `${key}: ${text}`).join(', ')} }`
}

type Entry = readonly [key: string, text: string]

function ownEntries(fault: Fault): Entry[] {
  switch (fault.kind) {
    case 'duplicate':
    case 'drop':
      return [[fault.kind, formatShare(fault.share)], ...narrowingEntries(fault)]
    case 'late':
    case 'reorder':
      return [
        [fault.kind, formatDuration(fault.micros)],
        ...(fault.share === 1 ? [] : [['of', formatShare(fault.share)] as const]),
        ...narrowingEntries(fault),
      ]
    case 'skew':
      return [[fault.kind, formatDuration(fault.micros)], ...narrowingEntries(fault)]
    case 'gap':
    case 'burst':
      return [[fault.kind, formatDuration(fault.micros)], ['at', formatTime(fault.at)], ...narrowingEntries(fault)]
    case 'disconnect':
      return [
        [fault.kind, formatName(fault.producer)],
        ['at', formatTime(fault.at)],
        ['for', formatDuration(fault.micros)],
      ]
    case 'close':
      return [
        [fault.kind, formatName(fault.producer)],
        ['at', formatTime(fault.at)],
      ]
  }
}

function narrowingEntries({ series, producer }: Narrowing): Entry[] {
  return [
    ...(series === null ? [] : [['series', formatName(series)] as const]),
    ...(producer === null ? [] : [['producer', formatName(producer)] as const]),
  ]
}

function formatTime(time: TimeOrOffset): string {
  return 'at' in time ? formatTimestamp(time.at) : `+${formatDuration(time.offset)}`
}

/** Quoted unless YAML certainly reads it as this text; a connection id may also be a number. */
function formatName(name: string): string {
  const isPlain = /^(?:[1-9]\d*|[A-Za-z][\w./-]*)$/.test(name) && !/^(?:true|false|null)$/i.test(name)
  return isPlain ? name : JSON.stringify(name)
}

/** @example formatShare(0.07) // "7%" */
function formatShare(share: Share): string {
  // In binary, a hundred times 0.07 is not quite 7: this looks for the percentage that reads back as the share.
  const percent = share * 100
  for (let digits = 15; digits < 17; digits++) {
    const text = `${Number(percent.toPrecision(digits))}%`
    if (Number(text.slice(0, -1)) / 100 === share && !text.includes('e')) return text
  }
  return String(share)
}
