/** Requests that no answer covers, each with the nearest answer and what to add to the spec. */
import { escapeUnprintable, plural, shortenAndCount } from '@slung/runtime'
import { isHttp } from '../replay/http-door.ts'
import type { ReplayRun, UnansweredRequest } from '../run/replay-run.ts'
import { answersFor, nearestAnswer } from '../spec-file/answers.ts'
import type { Position, Spec, SpecTest } from '../spec-file/spec.ts'
import { causeOf } from './describe-timeline.ts'
import type { TimePrinter } from './time-printer.ts'

/** Distinct requests shown; a workflow that puts a value into its URL makes thousands. */
const requestsMax = 5
/** No honest request is cut by this. */
const requestUnitsMax = 500

/**
 * A sentence and one block for each different request; empty when all were answered.
 *
 * @param place - prints where in the spec something stands
 */
export function describeUnanswered(
  spec: Spec,
  test: SpecTest,
  run: ReplayRun,
  times: TimePrinter,
  place: (at: Position) => string,
): string[] {
  const groups = Map.groupBy(run.unanswered, ({ method, url }) => `${method} ${url}`)
  if (groups.size === 0) return []
  const [request] = groups.keys()
  const lines = [`no answer covers ${groups.size === 1 ? shown(request!) : plural(groups.size, 'request')}`]
  for (const [line, requests] of [...groups].slice(0, requestsMax)) {
    const first = requests[0]!
    const repeated = requests.length === 1 ? '' : `  (${requests.length} times)`
    lines.push(`    ${times.print(first.at)}  ${shown(line)}${repeated}`)
    const sent = run.writebacks.find((entry) => entry.kind === 'http' && isRequest(entry, first))
    if (sent !== undefined) lines.push(causeOf(sent))
    const nearest = nearestAnswer(first, answersFor(spec, test))
    if (nearest !== null) lines.push(`      near   ${nearest.method} ${nearest.url}  ${place(nearest)}`)
    if (isHttp(first.url)) lines.push(`      add    ${shown(line)}: ok    (under "http:")`)
  }
  if (groups.size > requestsMax) lines.push(`    … ${groups.size - requestsMax} more`)
  return lines
}

function shown(request: string): string {
  return shortenAndCount(escapeUnprintable(request), requestUnitsMax)
}

function isRequest(entry: UnansweredRequest, { at, method, url }: UnansweredRequest): boolean {
  return entry.at === at && entry.method === method && entry.url === url
}
