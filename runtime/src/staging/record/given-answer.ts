/** How the outside world answered a request, in the form of `http:` in a spec. */
import type { Micros } from '../../engine/model/timestamp.ts'
import { formatDuration } from '../../engine/text/duration.ts'
import type { CutBody } from '../observe/observer.ts'
import { parseJsonBody, readBody } from './recorded-body.ts'
import type { Redaction } from './redaction.ts'

export interface GivenAnswer {
  /** `POST https://hooks.example.com/alerts`. */
  readonly request: string
  readonly answer: AnswerValue
}

/** In the form of a spec. */
export type AnswerValue =
  | 'ok'
  | 'reset'
  | number
  | { readonly timeout: string; readonly times?: number }
  | {
      readonly status: number
      readonly json?: unknown
      readonly text?: string
      readonly after?: string
      readonly times?: number
    }

/** The result of one request. */
export interface Exchange {
  /** 0 = no response. */
  readonly status: number
  /** `null` = no response. */
  readonly response: CutBody | null
  /** The time limit, if the response exceeded it; `null` = it arrived, or failed otherwise. */
  readonly timeoutMillis: number | null
  readonly waitMicros: Micros
}

/** @param request - for notes: what was asked */
export function answerValue(exchange: Exchange, request: string, redaction: Redaction): AnswerValue {
  const { status, response, timeoutMillis, waitMicros } = exchange
  if (response === null) return timeoutMillis === null ? 'reset' : { timeout: formatDuration(timeoutMillis * 1000) }
  const body = bodyOf(response, request, redaction)
  const after = waitMicros > 0 ? { after: formatDuration(waitMicros) } : {}
  if (body === null && waitMicros === 0) return status === 200 ? 'ok' : status
  return { status, ...body, ...after }
}

/** `null` = an empty body. */
function bodyOf(response: CutBody, request: string, redaction: Redaction): { json: unknown } | { text: string } | null {
  if (response.byteLength === 0) return null
  const { text, problem } = readBody(response)
  if (problem !== null)
    redaction.inexact.add(`an answer to ${request} ${problem}: it is given as text, as far as possible`)
  const json = problem === null ? parseJsonBody(text) : null
  if (json === null) return { text: redaction.givenText(text) }
  const given = redaction.givenJson(json)
  const written = JSON.stringify(json)
  // A workflow may read it as text: its blanks are dropped only where a secret has to be taken out.
  if (written === text || JSON.stringify(given) !== written) return { json: given }
  return { text }
}
