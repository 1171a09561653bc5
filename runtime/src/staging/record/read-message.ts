/**
 * Reads what comes in place of messages of a runtime: the recorder writes files of it, so it believes nothing that it
 * has not checked.
 */
import { parseJson } from '../../engine/model/json.ts'
import { timestampMicrosMax } from '../../engine/model/timestamp.ts'
import { jsonDepth } from './recorded-body.ts'
import type { RecordMessage } from './record-protocol.ts'

/** Bodies are as deep as 512, and are inside of a message. */
const depthMax = 600

type Check = (value: unknown) => boolean

const isText: Check = (value) => typeof value === 'string'
const isNumber: Check = (value) => typeof value === 'number'
const isId: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0
const isTime: Check = (value) => Number.isSafeInteger(value) && Math.abs(value as number) <= timestampMicrosMax
const isBoolean: Check = (value) => typeof value === 'boolean'
const isAnything: Check = () => true
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check)
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value)
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value)
const rowOf =
  (...columns: readonly Check[]): Check =>
  (value) =>
    Array.isArray(value) && value.length === columns.length && columns.every((check, index) => check(value[index]))
const objectOf =
  (members: Readonly<Record<string, Check>>): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(members).every(([name, check]) => check((value as Readonly<Record<string, unknown>>)[name]))
const anyOf =
  (...checks: readonly Check[]): Check =>
  (value) =>
    checks.some((check) => check(value))

const isTexts = listOf(isText)
const isAnswer = anyOf(
  (value) => value === 'ok' || value === 'reset',
  isId,
  objectOf({ timeout: isText, times: optional(isId) }),
  objectOf({ status: isId, text: optional(isText), after: optional(isText), times: optional(isId) }),
)
const isExpected = anyOf(
  objectOf({ http: isText, status: isId, text: optional(isText) }),
  objectOf({ ws: isId, text: optional(isText) }),
  objectOf({ event: isText, value: isAnything, tags: optional(isTexts), timestamp: optional(isTime) }),
)
const isWorkflow = objectOf({
  name: isText,
  file: isText,
  tickMillis: isId,
  variables: isTexts,
  runningSince: orNull(isTime),
  runningQueries: isTexts,
})

const checks: Readonly<Record<RecordMessage['kind'], Check>> = {
  begin: objectOf({ at: isTime, version: isText, workflows: listOf(isWorkflow) }),
  refused: objectOf({ error: isText }),
  series: objectOf({ id: isId, name: isText, tags: isTexts }),
  history: objectOf({ rows: listOf(rowOf(isId, isTime, isNumber)) }),
  samples: objectOf({ at: isTime, writer: orNull(isText), rows: listOf(rowOf(isId, isTime, isNumber, isId)) }),
  writeback: objectOf({
    workflow: isText,
    expect: isExpected,
    answer: orNull(objectOf({ request: isText, answer: isAnswer })),
    secrets: isTexts,
    inexact: isTexts,
  }),
  state: objectOf({ workflow: isText, values: listOf(rowOf(isText, isText)), bytes: isTexts, secrets: isTexts }),
  started: objectOf({ workflow: isText, at: isTime }),
  ended: objectOf({
    workflow: isText,
    at: isTime,
    exit: anyOf(Number.isSafeInteger, (value) => value === 'trapped' || value === 'stuck'),
    reason: isText,
  }),
  closed: objectOf({ producer: isId, at: isTime }),
  behind: objectOf({ workflow: isText }),
  limited: objectOf({ workflow: isText }),
  finished: objectOf({ workflow: isText, at: isTime, isHolding: isBoolean }),
  end: objectOf({ at: isTime, unfinished: isTexts }),
}

/** The message of a frame; `null` when it is none. */
export function readMessage(text: string): RecordMessage | null {
  try {
    const message = JSON.parse(text) as RecordMessage | null
    const kind = typeof message === 'object' && message !== null ? message.kind : ''
    if (message === null || !Object.hasOwn(checks, kind) || !checks[kind as RecordMessage['kind']](message)) return null
    if (kind !== 'writeback') return message
    // Bodies keep their numbers as they are written; samples are doubles, and many.
    return jsonDepth(text) > depthMax ? null : (parseJson(text) as RecordMessage)
  } catch {
    return null
  }
}
