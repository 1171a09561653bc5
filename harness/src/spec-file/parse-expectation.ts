/** One entry of `expect:`: an HTTP request, a WebSocket message or a written sample. */
import { listWords, type Micros, suggest } from '@slung/runtime'
import {
  type ExpectedEvent,
  type ExpectedHttp,
  type ExpectedWriteback,
  type ExpectedWs,
} from '../compare/expected-writeback.ts'
import { parsePlaceholder } from '../compare/placeholder.ts'
import { parseRequestLine } from '../compare/request-line.ts'
import { specKeys } from './spec-keys.ts'
import type { Located, Report } from './located.ts'
import {
  attemptAt,
  doubleOf,
  found,
  placeOf,
  readExpectedJson,
  readExpectedText,
  readFields,
  readFlag,
  readList,
  readName,
  readPlaceholder,
  readTime,
  readTimes,
  readTimeOrOffset,
  scalarOf,
  scalarText,
  type Fields,
} from './read-located.ts'
import type { Expectation } from './spec.ts'

const kinds = ['http', 'ws', 'event'] as const
type Kind = (typeof kinds)[number]

type Writable<Value> = { -readonly [Key in keyof Value]: Value[Key] }

/** As many as its `times` says, all in the same place; none when it cannot be read. */
export function parseExpectation(located: Located, report: Report): Expectation[] {
  const kind = readKind(located, report)
  if (kind === null) return []
  const fields = readFields(located, nameOf(kind), specKeys.expected[kind]!, report)
  if (fields === null) return []
  const writeback = { http: parseHttp, ws: parseWs, event: parseEvent }[kind](fields, report)
  const time = fields.read('at', (at) => readPlaceholder(at, report) ?? readWhen(at, `"at" of ${nameOf(kind)}`, report))
  if (time !== null) writeback.at = time
  if (readFlag(fields.get('exact'), `"exact" of ${nameOf(kind)}`, report)) {
    writeback.exact = true
    const tightened = kind === 'event' ? 'tags' : 'json'
    if (!fields.has(tightened)) {
      report(fields.get('exact')!, `"exact" of ${nameOf(kind)} tightens "${tightened}", which is missing`)
    }
  }
  const times = readTimes(fields.get('times'), `"times" of ${nameOf(kind)}`, report)
  const expectation = { writeback: writeback satisfies ExpectedWriteback, ...placeOf(located) }
  return Array.from({ length: times }, () => expectation)
}

function readKind(located: Located, report: Report): Kind | null {
  if (located.kind !== 'mapping') {
    report(located, `an expected writeback is ${found(located)}, expected a mapping with ${listWords(kinds, 'or')}`)
    return null
  }
  const [kind, other] = kinds.filter((key) => located.entries.some((entry) => entry.key === key))
  if (other !== undefined) {
    report(
      located,
      `an expected writeback has both "${kind}" and "${other}", expected one of ${listWords(kinds, 'or')}`,
    )
    return null
  }
  if (kind !== undefined) return kind
  const keys = located.entries.map(({ key }) => key)
  const meant = keys.map((key) => suggest(key, kinds)).find((near) => near !== null)
  const hint = meant === undefined ? '' : `; did you mean "${meant}"?`
  const has = keys.length === 0 ? 'is empty' : `has ${listWords(keys.map((key) => `"${key}"`))}`
  report(located, `an expected writeback ${has}, expected one of ${listWords(kinds, 'or')}${hint}`)
  return null
}

function nameOf(kind: Kind): string {
  return `an expected ${kind} writeback`
}

function parseHttp(fields: Fields, report: Report): Writable<ExpectedHttp> {
  const located = fields.get('http')!
  const http = readName(located, '"http" of an expected http writeback', report) ?? ''
  if (http !== '') attemptAt(located, report, () => parsePlaceholder(http) ?? parseRequestLine(http))
  const writeback: Writable<ExpectedHttp> = { http, ...parseBody(fields, 'http', report) }
  const status = fields.read('status', (at) => readNumber(at, '"status" of an expected http writeback', report))
  if (status !== null) writeback.status = status
  const headers = fields.read('headers', (at) => readHeaders(at, report))
  if (headers !== null) writeback.headers = headers
  return writeback
}

function readHeaders(located: Located, report: Report): Record<string, string> | null {
  if (located.kind !== 'mapping') {
    const forms = 'a mapping such as { authorization: <any> }'
    report(located, `"headers" of an expected http writeback is ${found(located)}, expected ${forms}`)
    return null
  }
  return Object.fromEntries(
    located.entries.flatMap(({ key, value }) => {
      const text = readExpectedText(value, `the expected header "${key}"`, report)
      return text === null ? [] : [[key, text]]
    }),
  )
}

function parseWs(fields: Fields, report: Report): Writable<ExpectedWs> {
  const located = fields.get('ws')!
  const value = scalarOf(located)
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) {
    return { ws: value, ...parseBody(fields, 'ws', report) }
  }
  if (typeof value !== 'string' || value === '') {
    report(located, `"ws" of an expected ws writeback is ${found(located)}, expected a producer: its name or number`)
  }
  readPlaceholder(located, report)
  return { ws: typeof value === 'string' ? value : '', ...parseBody(fields, 'ws', report) }
}

function parseEvent(fields: Fields, report: Report): Writable<ExpectedEvent> {
  const writeback: Writable<ExpectedEvent> = {
    event: readExpectedText(fields.get('event')!, '"event" of an expected event writeback (a series)', report) ?? '',
  }
  const value = fields.read('value', (at) => readNumber(at, '"value" of an expected event writeback', report))
  if (value !== null) writeback.value = value

  const tags = fields.get('tags')
  if (tags !== undefined) {
    const list = readList(tags, '"tags" of an expected event writeback', 'a list such as [sensor=1]', report)
    writeback.tags = list?.flatMap((tag) => readExpectedText(tag, 'an expected tag', report) ?? []) ?? []
  }

  const timestamp = fields.read(
    'timestamp',
    (at) => readPlaceholder(at, report) ?? readTime(at, '"timestamp" of an expected event writeback', report),
  )
  if (timestamp !== null) writeback.timestamp = timestamp
  return writeback
}

function parseBody(fields: Fields, kind: 'http' | 'ws', report: Report): { json?: unknown; text?: string } {
  const body: { json?: unknown; text?: string } = {}
  const json = fields.get('json')
  if (json !== undefined) body.json = readExpectedJson(json, report)
  const text = fields.get('text')
  const content = fields.read('text', (at) => readExpectedText(at, `"text" of ${nameOf(kind)}`, report))
  if (content !== null) body.text = content
  if (json !== undefined && text !== undefined) {
    report(text, `${nameOf(kind)} has both "json" and "text", expected one of them`)
  }
  return body
}

function readNumber(located: Located, what: string, report: Report): number | string | null {
  const value = doubleOf(located)
  if (value !== null) return value
  const placeholder = readPlaceholder(located, report)
  if (placeholder === null) report(located, `${what} is ${found(located)}, expected a number or a placeholder`)
  return placeholder
}

/** `+5s` after the start of the run stays a text: the start is not known yet. */
function readWhen(located: Located, what: string, report: Report): Micros | string | null {
  const time = readTimeOrOffset(located, what, report)
  if (time === null) return null
  return 'at' in time ? time.at : scalarText(located)
}
