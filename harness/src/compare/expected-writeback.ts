/**
 * What a writeback should be, in the form that specs and TypeScript tests share, and its comparison with what came.
 *
 * What is not stated is not compared, except where `exact` applies. Any text may be a placeholder.
 */
import {
  type EventWriteback,
  formatDurationRoughly,
  type HttpWriteback,
  type Micros,
  parseDuration,
  parseJson,
  parseTimestamp,
  SlungError,
  type Writeback,
  type WsWriteback,
} from '@slung/runtime'
import { isAsymmetricMatcher, matchValue, type Difference } from './match-value.ts'
import { parsePlaceholder } from './placeholder.ts'
import { isSameUrl, parseRequestLine } from './request-line.ts'

export interface Expected {
  /** Virtual time of the writeback: µs, RFC 3339, `YYYY-MM-DD hh:mm:ss` (UTC), or `+5s` after the start of the run. */
  readonly at?: Micros | string
  /** Whether `json` must have no other keys at any depth, `tags` no other tags. Default false. */
  readonly exact?: boolean
}

export interface ExpectedBody extends Expected {
  /** The body read as JSON; objects match as a subset, numbers as they are written. A bigint is a number. */
  readonly json?: unknown
  /** The whole body. */
  readonly text?: string
}

export interface ExpectedHttp extends ExpectedBody {
  /** Method and URL: `POST https://hooks.example.com/alerts`. */
  readonly http: string
  /** How the request was answered; 0 = no response. */
  readonly status?: number | string
  /** What the host added to the request, by name in any letter case; others may be there. */
  readonly headers?: Readonly<Record<string, unknown>>
}

export interface ExpectedWs extends ExpectedBody {
  /** The producer: its name in the input, or its connection id. */
  readonly ws: string | number
}

export interface ExpectedEvent extends Expected {
  /** The series that was written. */
  readonly event: string
  readonly value?: number | string
  /** Each of these must be among the tags. */
  readonly tags?: readonly string[]
  /** The sample's own time; forms as in `at`. */
  readonly timestamp?: Micros | string
}

/** @example { http: 'POST https://hooks.example.com/alerts', json: { level: 'high', value: '<101.5 ±0.1>' } } */
export type ExpectedWriteback = ExpectedHttp | ExpectedWs | ExpectedEvent

/** The keys that an expected writeback of each kind may have; the first one makes it that kind. */
export const expectedKeys: Readonly<Record<Writeback['kind'], readonly string[]>> = {
  http: ['http', 'json', 'text', 'status', 'headers', 'at', 'exact'],
  ws: ['ws', 'json', 'text', 'at', 'exact'],
  event: ['event', 'value', 'tags', 'timestamp', 'at', 'exact'],
}

/**
 * Compares one writeback with an expected one. Empty when they match; what it is about (`http`, `ws`, `event`) comes
 * first among the differences.
 *
 * @param producers - names by connection id, as in `ReplayRun.producers`
 * @throws {SlungError} `bad-placeholder`, `bad-request-line`, or `bad-timestamp`
 * @throws {TypeError} for an expected writeback with none or several of the keys `http`, `ws`, `event`, or others
 *   than `expectedKeys`
 */
export function matchesWriteback(
  expected: ExpectedWriteback,
  actual: Writeback,
  producers: ReadonlyMap<number, string>,
): Difference[] {
  const kind = kindOf(expected)
  if (kind !== actual.kind) {
    const subject = (expected as unknown as Record<string, unknown>)[kind]
    return [{ path: kind, expected: subject, actual: undefined, note: `another kind of writeback: ${actual.kind}` }]
  }
  const differences =
    'http' in expected
      ? matchHttp(expected, actual as HttpWriteback)
      : 'ws' in expected
        ? matchWs(expected, actual as WsWriteback, producers)
        : matchEvent(expected, actual as EventWriteback)
  if (expected.at !== undefined) differences.push(...matchTime('at', expected.at, actual.at))
  return differences
}

/** The same, with an offset in `at` resolved to a time. */
export function withAbsoluteTime(expected: ExpectedWriteback, start: Micros): ExpectedWriteback {
  const offset =
    typeof expected.at === 'string' && expected.at.startsWith('+') ? parseDuration(expected.at.slice(1)) : null
  return offset === null ? expected : { ...expected, at: start + offset }
}

/** The kind of writeback that is expected. @throws {TypeError} as `matchesWriteback` */
export function kindOf(expected: ExpectedWriteback): Writeback['kind'] {
  const keys = Object.keys(expected)
  const [kind, ...others] = (['http', 'ws', 'event'] as const).filter((key) => keys.includes(key))
  if (kind === undefined || others.length > 0) {
    throw new TypeError(
      `cannot compare with an expected writeback that has the keys ${keys.join(', ')}: expected one of http, ws, event`,
    )
  }
  const unknown = keys.find((key) => !expectedKeys[kind].includes(key))
  if (unknown === undefined) return kind
  throw new TypeError(
    `cannot compare: unknown key "${unknown}" in an expected ${kind} writeback; known keys: ${expectedKeys[kind].join(', ')}`,
  )
}

function matchHttp(expected: ExpectedHttp, actual: HttpWriteback): Difference[] {
  const differences = matchRequest(expected.http, actual)
  differences.push(...matchBody(expected, actual.body))
  if (expected.status !== undefined) {
    differences.push(...matchValue(expected.status, actual.status, { path: 'status', exact: false }))
  }
  for (const [name, wanted] of Object.entries(expected.headers ?? {})) {
    const path = `headers.${name}`
    const value = actual.headers?.[name.toLowerCase()]
    // Even where anything matches, there must be something.
    if (value === undefined)
      differences.push({ path, expected: wanted, actual: value, note: 'the request has no such header' })
    else differences.push(...matchValue(wanted, value, { path, exact: false }))
  }
  return differences
}

function matchRequest(expected: string, { method, url }: HttpWriteback): Difference[] {
  const actual = `${method} ${url}`
  if (isAsymmetricMatcher(expected) || parsePlaceholder(expected) !== null) {
    return matchValue(expected, actual, { path: 'http', exact: false })
  }
  const line = parseRequestLine(expected)
  const isMatch =
    line.method === method &&
    (isSameUrl(line.url, url) || matchValue(line.url, url, { path: 'http', exact: false }).length === 0)
  return isMatch ? [] : [{ path: 'http', expected, actual, note: null }]
}

function matchWs(expected: ExpectedWs, actual: WsWriteback, producers: ReadonlyMap<number, string>): Difference[] {
  const name = producers.get(actual.producer)
  const isMatch =
    expected.ws === actual.producer ||
    (typeof expected.ws !== 'number' &&
      matchValue(expected.ws, name ?? String(actual.producer), { path: 'ws', exact: false }).length === 0)
  const target: Difference[] = isMatch
    ? []
    : [{ path: 'ws', expected: expected.ws, actual: name ?? actual.producer, note: null }]
  return [...target, ...matchBody(expected, actual.text)]
}

function matchEvent(expected: ExpectedEvent, actual: EventWriteback): Difference[] {
  const differences = matchValue(expected.event, actual.series, { path: 'event', exact: false })
  if (expected.value !== undefined) {
    differences.push(...matchValue(expected.value, actual.value, { path: 'value', exact: false }))
  }
  if (expected.tags !== undefined) differences.push(...matchTags(expected.tags, actual.tags, expected.exact === true))
  if (expected.timestamp !== undefined) {
    differences.push(...matchTime('timestamp', expected.timestamp, actual.timestamp))
  }
  return differences
}

function matchBody(expected: ExpectedBody, actual: string): Difference[] {
  const differences: Difference[] = []
  if (expected.text !== undefined) {
    differences.push(...matchValue(expected.text, actual, { path: 'text', exact: false }))
  }
  if (expected.json !== undefined) {
    const body = readJson(actual)
    if (body === undefined) {
      differences.push({ path: 'json', expected: expected.json, actual, note: 'this is not JSON' })
    } else {
      differences.push(...matchValue(expected.json, body, { path: 'json', exact: expected.exact === true }))
    }
  }
  return differences
}

function matchTags(expected: readonly string[], actual: readonly string[], exact: boolean): Difference[] {
  const isTag = (wanted: string, tag: string): boolean =>
    matchValue(wanted, tag, { path: 'tags', exact: false }).length === 0
  const isMatch =
    expected.every((wanted) => actual.some((tag) => isTag(wanted, tag))) &&
    (!exact || actual.every((tag) => expected.some((wanted) => isTag(wanted, tag))))
  return isMatch ? [] : [{ path: 'tags', expected, actual, note: null }]
}

function matchTime(path: 'at' | 'timestamp', expected: Micros | string, actual: Micros): Difference[] {
  if (typeof expected === 'string' && parsePlaceholder(expected) !== null) {
    return matchValue(expected, actual, { path, exact: false })
  }
  const wanted = typeof expected === 'number' ? expected : parseTimestamp(expected)
  if (wanted === null) {
    throw new SlungError(
      'bad-timestamp',
      `cannot compare with "${path}" of an expected writeback: "${expected}" is not a time, ` +
        'expected RFC 3339 (2026-01-01T00:00:07Z), "YYYY-MM-DD hh:mm:ss" (UTC) or microseconds since 1970',
    )
  }
  if (wanted === actual) return []
  const note = `${formatDurationRoughly(Math.abs(actual - wanted))} ${actual > wanted ? 'late' : 'early'}`
  return [{ path, expected: wanted, actual, note: path === 'at' ? note : null }]
}

/** `undefined` when the text is not JSON; JSON has no such value. */
function readJson(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}
