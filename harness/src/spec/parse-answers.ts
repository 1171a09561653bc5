/**
 * `http:` of a spec or a test: for each request `ok`, a status, `{ status, json | text | body }`, or a list of them.
 */
import { parseRequestLine, type RequestLine } from '../compare/request-line.ts'
import { parsePlaceholder } from '../compare/placeholder.ts'
import { answersSame, type Answer, type AnswerRule } from './answers.ts'
import { attemptAt, found, readFields, readText, type Fields } from './fields.ts'
import type { Located, LocatedEntry, Report } from './located.ts'
import { readJson } from './read-json.ts'

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
    const rule: AnswerRule = { ...request, answers, line: entry.line, column: entry.column }
    const same = rules.find((other) => answersSame(other, rule))
    if (same === undefined) rules.push(rule)
    else report(entry, `"${entry.key}" is answered on line ${same.line} already; several answers are a list`)
  }
  return rules
}

function readRequest({ key, line, column }: LocatedEntry, report: Report): RequestLine | null {
  const at: Located = { kind: 'scalar', value: key, line, column }
  const request = attemptAt(at, report, () => parseRequestLine(key))
  if (request === null || parsePlaceholder(request.url) === null) return request
  report(at, `the URL of "${key}" is a placeholder: placeholders are for what is expected, expected a whole URL`)
  return null
}

function parseList(located: Located, report: Report): Answer[] {
  if (located.kind !== 'list') return [parseAnswer(located, report) ?? []].flat()
  if (located.items.length === 0) report(located, 'a list of answers is empty, expected at least one')
  return located.items.flatMap((item) => parseAnswer(item, report) ?? [])
}

function parseAnswer(located: Located, report: Report): Answer | null {
  if (located.kind === 'mapping') return parseResponse(located, report)
  const value = located.kind === 'scalar' ? located.value : null
  if (value === 'ok') return { status: 200, body: '', contentType: null }
  if (typeof value === 'number') return { status: readStatus(located, report), body: '', contentType: null }
  report(
    located,
    `an answer is ${found(located)}, expected ok, a status, { status, json | text | body } or a list of them`,
  )
  return null
}

/** Statuses whose response has no body; `fetch` refuses to make one. */
const bodilessStatuses: readonly number[] = [204, 205, 304]

function parseResponse(located: Located, report: Report): Answer | null {
  const fields = readFields(located, 'an answer', ['status', 'json', 'text', 'body'], report)
  if (fields === null) return null
  const [form, other] = (['json', 'text', 'body'] as const).filter((key) => fields.has(key))
  if (other !== undefined) report(located, `an answer has both "${form}" and "${other}", expected one body`)
  const status = fields.get('status')
  const answer = { status: status === undefined ? 200 : readStatus(status, report), ...readBody(fields, form, report) }
  if (form !== undefined && bodilessStatuses.includes(answer.status)) {
    report(located, `an answer has "${form}", but a response with status ${answer.status} has no body`)
  }
  return answer
}

function readBody(fields: Fields, form: 'json' | 'text' | 'body' | undefined, report: Report): Omit<Answer, 'status'> {
  const located = form && fields.get(form)
  if (located === undefined) return { body: '', contentType: null }
  if (form === 'json') return { body: JSON.stringify(readJson(located)), contentType: 'application/json' }
  const body = readText(located, `"${form}" of an answer`, report) ?? ''
  return { body, contentType: form === 'text' ? 'text/plain;charset=UTF-8' : null }
}

function readStatus(located: Located, report: Report): number {
  const value = located.kind === 'scalar' ? located.value : null
  if (typeof value === 'number' && Number.isInteger(value) && value >= 200 && value <= 599) return value
  report(located, `a status is ${found(located)}, expected an integer from 200 to 599`)
  return 200
}
