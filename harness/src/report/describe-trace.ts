/** A trace for people: one line for each row and call. */
import { escapeUnprintable, formatTimestamp, type Micros, shortenAndCount } from '@slung/runtime'
import type { FiledLine, TraceFile } from '../trace/trace-file.ts'
import { formatBody } from './format-value.ts'
import type { TimePrinter } from './time-printer.ts'

/** Enough for an Event with its tags, or the start of a body. */
const valueUnitsMax = 160

/** @example "00:00:05  u_writeback_ws(1, \"ALERT\") → ok  from alertHigh (assembly/index.ts:41:3)" */
export function describeTraceLine(line: FiledLine, times: TimePrinter): string {
  const time = times.print(line.at)
  if ('row' in line) {
    const measured = line.timestamp === line.at ? '' : `, measured ${formatTimestamp(line.timestamp)}`
    return escapeUnprintable(`${time}  row ${line.row}  ${line.series} = ${line.value}${measured}`)
  }
  const args = line.args.map((argument) => (typeof argument === 'string' ? formatBody(argument) : String(argument)))
  const from = line.from === undefined ? '' : `  from ${line.from}`
  return escapeUnprintable(
    `${time}  ${line.call}(${shortenAndCount(args.join(', '), valueUnitsMax)}) → ${answerOf(line)}${from}`,
  )
}

function answerOf(line: Extract<FiledLine, { call: string }>): string {
  if (line.refused !== undefined) return `refused: ${line.refused}`
  const { call, result } = line
  if (call === 'u_poll_handle')
    return result === null ? 'nothing' : shortenAndCount(JSON.stringify(result), valueUnitsMax)
  // JSON has no NaN.
  if (call === 'u_query_history') return result === null ? 'NaN' : JSON.stringify(result)
  if (result === null) return 'ok'
  return shortenAndCount(typeof result === 'string' ? result : JSON.stringify(result), valueUnitsMax)
}

/**
 * Where things stand after the lines that were shown: live queries with their latest aggregate, and what comes next.
 */
export function describeTraceState({ lines, end }: TraceFile, shownCount: number, times: TimePrinter): string[] {
  const queries = new Map<number, { query: string; latest: string }>()
  for (const line of lines.slice(0, shownCount)) {
    if (!('call' in line)) continue
    if (line.call === 'u_query_live' && typeof line.result === 'number') {
      queries.set(line.result, { query: String(line.args[0]), latest: 'no Event yet' })
    }
    const polled = queries.get(Number(line.args[0]))
    if (line.call === 'u_poll_handle' && line.result !== null && polled !== undefined) {
      const { value } = line.result as { readonly value: number }
      polled.latest = `${value} at ${times.print(line.at).trimEnd()}`
    }
    if (line.call === 'u_free_handle') queries.delete(Number(line.args[0]))
  }
  const rest = lines.length - shownCount
  return [
    ...[...queries].map(([handle, { query, latest }]) => escapeUnprintable(`handle ${handle}  ${query}  ${latest}`)),
    rest > 0
      ? `${rest} more of ${lines.length} lines, up to ${formatTimestamp(lines.at(-1)!.at)}`
      : end === null
        ? 'the trace was cut off here'
        : `the run ended here: ${end.end}${end.code === null ? '' : ` ${end.code}`}`,
  ]
}

/** How many lines come up to a time, that time included. */
export function countLinesUntil({ lines }: TraceFile, until: Micros): number {
  const next = lines.findIndex(({ at }) => at > until)
  return next < 0 ? lines.length : next
}
