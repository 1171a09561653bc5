/**
 * `http:` of a spec or a test: for each request `ok`, a status, `reset`, `{ timeout }`, `{ status, json | text | body, after, slow }`,
 * or a list of them.
 */
import { parseByteSize, type Micros } from '@slung/runtime'
import { parseRequestLine, type RequestLine } from '../compare/request-line.ts'
import { parsePlaceholder } from '../compare/placeholder.ts'
import { answersSame, type Answer, type AnswerResponse, type AnswerRule } from './answers.ts'
import type { Located, LocatedEntry, Report } from './located.ts'
import {
  attemptAt,
  found,
  placeOf,
  readDuration,
  readFields,
  readJson,
  readText,
  scalarOf,
  scalarText,
  type Fields,
  readTimes,
} from './read-located.ts'
import { specKeys } from './spec-keys.ts'

export function parseAnswers(located: Located, report: Report): AnswerRule[] {
  if (located.kind !== 'mapping') {
    report(located, `"http" is ${found(located)}, expected answers such as POST https://example.com/alerts: ok`)
    return []
  }
  const rules: AnswerRule[] = []
  for (const entry of located.entries) {
    const request = readRequest(entry, report)
    const answers = parseList(entry.value, report)
    if (request === null || answers.length === 0) continue
    const rule: AnswerRule = { ...request, answers, ...placeOf(entry) }
    const same = rules.find((other) => answersSame(other, rule))
    if (same === undefined) rules.push(rule)
    else report(entry, `"${entry.key}" is already answered on line ${same.line}; write several answers as a list`)
  }
  return rules
}

function readRequest(entry: LocatedEntry, report: Report): RequestLine | null {
  const { key } = entry
  const request = attemptAt(entry, report, () => parseRequestLine(key))
  if (request === null || parsePlaceholder(request.url) === null) return request
  report(entry, `the URL of "${key}" is a placeholder: placeholders are only for expected values, expected a whole URL`)
  return null
}

function parseList(located: Located, report: Report): Answer[] {
  if (located.kind !== 'list') return parseRepeated(located, report)
  if (located.items.length === 0) report(located, 'a list of answers is empty, expected at least one')
  return located.items.flatMap((item) => parseRepeated(item, report))
}

function parseRepeated(located: Located, report: Report): Answer[] {
  const answer = parseAnswer(located, report)
  if (answer === null) return []
  const times = located.kind === 'mapping' ? located.entries.find(({ key }) => key === 'times') : undefined
  return Array.from({ length: readTimes(times?.value, '"times" of an answer', report) }, () => answer)
}

function parseAnswer(located: Located, report: Report): Answer | null {
  if (located.kind === 'mapping') return parseResponse(located, report)
  const value = scalarOf(located)
  if (value === 'ok') return { ...bodiless, status: 200 }
  if (value === 'reset') return { kind: 'reset', afterMicros: 0 }
  if (typeof value === 'number') return { ...bodiless, status: readStatus(located, report) }
  report(
    located,
    `an answer is ${found(located)}, expected ok, a status, reset, { timeout: 30s }, ` +
      '{ status, json | text | body, after, slow, times } or a list of them',
  )
  return null
}

const bodiless = { kind: 'response', body: '', contentType: null, afterMicros: 0 } as const

/** Statuses whose response has no body; `fetch` refuses to make one. */
const bodilessStatuses: readonly number[] = [204, 205, 304]

function parseResponse(located: Located, report: Report): Answer | null {
  const fields = readFields(located, 'an answer', specKeys.answer, report)
  if (fields === null) return null
  const timeout = fields.get('timeout')
  if (timeout !== undefined) {
    const other = specKeys.answer.find((key) => key !== 'timeout' && key !== 'times' && fields.has(key))
    if (other !== undefined) report(located, `an answer has both "timeout" and "${other}": a timeout has no response`)
    return { kind: 'timeout', afterMicros: readDuration(timeout, '"timeout" of an answer', report) ?? 0 }
  }
  const [form, other] = (['json', 'text', 'body'] as const).filter((key) => fields.has(key))
  if (other !== undefined) report(located, `an answer has both "${form}" and "${other}", expected one body`)
  const body = readBody(fields, form, report)
  const answer: Answer = {
    kind: 'response',
    status: fields.read('status', (at) => readStatus(at, report)) ?? 200,
    ...body,
    afterMicros: readDelay(fields, body.body, report),
  }
  if (form !== undefined && bodilessStatuses.includes(answer.status)) {
    report(located, `an answer has "${form}", but a response with status ${answer.status} has no body`)
  }
  return answer
}

function readBody(
  fields: Fields,
  form: 'json' | 'text' | 'body' | undefined,
  report: Report,
): Pick<AnswerResponse, 'body' | 'contentType'> {
  const located = form && fields.get(form)
  if (located === undefined) return { body: '', contentType: null }
  if (form === 'json') return { body: JSON.stringify(readJson(located)), contentType: 'application/json' }
  const body = readText(located, `"${form}" of an answer`, report) ?? ''
  return { body, contentType: form === 'text' ? 'text/plain;charset=UTF-8' : null }
}

/** How long an answer takes: `after`, and what its body takes at the speed of `slow`. */
function readDelay(fields: Fields, body: string, report: Report): Micros {
  const afterMicros = fields.read('after', (at) => readDuration(at, '"after" of an answer', report)) ?? 0
  const slow = fields.get('slow')
  if (slow === undefined) return afterMicros
  const bytesPerSecond = parseByteSize(/^(.+)\/s$/.exec(scalarText(slow).trim())?.[1] ?? '')
  if (bytesPerSecond === null || bytesPerSecond === 0) {
    report(slow, `"slow" of an answer is ${found(slow)}, expected bytes per second, such as 50kB/s`)
    return afterMicros
  }
  if (body === '') report(slow, 'an answer has "slow" but no body to slow down')
  return afterMicros + Math.ceil((Buffer.byteLength(body) / bytesPerSecond) * 1e6)
}

function readStatus(located: Located, report: Report): number {
  const value = scalarOf(located)
  if (typeof value === 'number' && Number.isInteger(value) && value >= 200 && value <= 999) return value
  report(located, `a status is ${found(located)}, expected a whole number from 200 to 999`)
  return 200
}
