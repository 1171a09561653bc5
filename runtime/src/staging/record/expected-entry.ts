/** A writeback that happened, in the form of `expect:` in a spec. */
import type { HttpMethod } from '../../engine/model/timeline.ts'
import type { ProducerId } from '../../engine/model/live-event.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import { answerValue, type Exchange, type GivenAnswer } from './given-answer.ts'
import { cutBody, type CutBody } from '../observe/observer.ts'
import { parseJsonBody, readBody } from './recorded-body.ts'
import type { Redaction } from './redaction.ts'

/** In the form of a spec. */
export type ExpectedEntry =
  | ({ readonly http: string; readonly status: number } & ExpectedBody)
  | ({ readonly ws: ProducerId } & ExpectedBody)
  | { readonly event: string; readonly value: number; readonly tags?: readonly string[]; readonly timestamp?: Micros }

interface ExpectedBody {
  readonly json?: unknown
  readonly text?: string
}

export interface MadeHttp extends Exchange {
  readonly kind: 'http'
  readonly method: HttpMethod
  readonly url: string
  readonly body: CutBody
}

export interface MadeWs {
  readonly kind: 'ws'
  readonly producer: ProducerId
  readonly text: string
}

export interface MadeEvent {
  readonly kind: 'event'
  readonly series: string
  readonly tags: readonly string[]
  readonly timestamp: Micros
  readonly value: number
}

/** One writeback as it happened, secrets included. */
export type MadeWriteback = MadeHttp | MadeWs | MadeEvent

/** @returns the entry and, for an HTTP writeback, the answer that a spec can give */
export function describeWriteback(
  made: MadeWriteback,
  redaction: Redaction,
): { readonly expect: ExpectedEntry; readonly answer: GivenAnswer | null } {
  switch (made.kind) {
    case 'http':
      return describeHttp(made, redaction)
    case 'ws': {
      const body = expectedBody(cutBody(utf8.encode(made.text)), `a text to producer ${made.producer}`, redaction)
      return { expect: { ws: made.producer, ...body }, answer: null }
    }
    case 'event': {
      const { series, tags, value } = made
      const timestamp = redaction.expectedTimestamp(made.timestamp)
      const expect = {
        event: redaction.expectedText(series),
        value,
        ...(tags.length > 0 && { tags: tags.map((tag) => redaction.expectedText(tag)) }),
        ...(timestamp !== null && { timestamp }),
      }
      return { expect, answer: null }
    }
  }
}

function describeHttp(made: MadeHttp, redaction: Redaction): { expect: ExpectedEntry; answer: GivenAnswer | null } {
  const { method, status } = made
  const url = redaction.url(made.url)
  const request = `${method} ${url ?? '<any>'}`
  if (url === null) {
    redaction.inexact.add(
      `a ${method} went to something that is not a URL for a request, and no answer can cover it: its replay fails`,
    )
  }
  // A GET has no body, even if the workflow passes one.
  const body = method === 'GET' ? {} : expectedBody(made.body, `the body of ${request}`, redaction)
  const expect = { http: request, ...body, status }
  return { expect, answer: url === null ? null : { request, answer: answerValue(made, request, redaction) } }
}

/** @param what - for notes */
function expectedBody(body: CutBody, what: string, redaction: Redaction): ExpectedBody {
  const { text, problem } = readBody(body)
  if (problem !== null) {
    redaction.inexact.add(`${what} ${problem}: it is not compared`)
    return {}
  }
  const json = parseJsonBody(text)
  return json === null ? { text: redaction.expectedText(text) } : { json: redaction.expectedJson(json) }
}

const utf8 = new TextEncoder()
