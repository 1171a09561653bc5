/** The `http:` answers of a spec as MSW handlers. */
import { formatDurationRoughly } from '@slung/runtime'
import { HttpHandler, HttpResponse, type RequestHandler } from 'msw'
import { answersRequest, type Answer, type AnswerRule } from '../spec-file/answers.ts'
import { takingTime } from './answer-time.ts'

/** Handlers for one run: they remember how often each rule answered. */
export function answerHandlers(rules: readonly AnswerRule[]): RequestHandler[] {
  return rules.map((rule) => new AnswerHandler(rule))
}

/**
 * Overrides the whole of `run`, and so pattern matching, which would read `*` and `:` in a URL as a pattern and ignore
 * the query string. Nor is the request cloned, parsed for cookies and made abortable, which takes five times as long as
 * the rest.
 */
class AnswerHandler extends HttpHandler {
  readonly #rule: AnswerRule
  #answeredCount = 0

  constructor(rule: AnswerRule) {
    super(rule.method, '*', () => undefined)
    this.#rule = rule
  }

  override async run({ request, requestId }: Parameters<HttpHandler['run']>[0]): ReturnType<HttpHandler['run']> {
    if (!answersRequest(this.#rule, request)) return null
    const { answers } = this.#rule
    const answer = answers[Math.min(this.#answeredCount++, answers.length - 1)]!
    return { handler: this, request, requestId, response: respond(answer) }
  }
}

function respond(answer: Answer): Response {
  const { afterMicros } = answer
  if (answer.kind !== 'response') {
    const reason =
      answer.kind === 'reset'
        ? 'the server closed the connection before its answer was complete'
        : `the answer was not complete after ${formatDurationRoughly(afterMicros)}`
    return takingTime(HttpResponse.error(), afterMicros, reason)
  }
  const headers = answer.contentType === null ? {} : { 'content-type': answer.contentType }
  // A response such as 204 must not have a body, not even an empty one.
  return takingTime(
    new HttpResponse(answer.body === '' ? null : answer.body, { status: answer.status, headers }),
    afterMicros,
  )
}
