/** The `http:` answers of a spec as MSW handlers. */
import { http, HttpResponse, type RequestHandler } from 'msw'
import { formatDuration } from '../compare/format-duration.ts'
import { isSameUrl } from '../compare/request-line.ts'
import type { Answer, AnswerRule } from '../spec/answers.ts'
import { takingTime } from './answer-time.ts'

/** Handlers for one run: they remember how often each rule answered. */
export function answerHandlers(rules: readonly AnswerRule[]): RequestHandler[] {
  return rules.map((rule) => {
    let answeredCount = 0
    // Not MSW's own matching: it would read `*` and `:` in a URL as a pattern and pass over the query string.
    return http.all('*', ({ request }) => {
      if (request.method !== rule.method || !isSameUrl(rule.url, request.url)) return undefined
      const answer = rule.answers[Math.min(answeredCount++, rule.answers.length - 1)]!
      return respond(answer)
    })
  })
}

function respond(answer: Answer): Response {
  const { afterMicros } = answer
  if (answer.kind !== 'response') {
    const reason =
      answer.kind === 'reset'
        ? 'the server closed the connection before its answer was complete'
        : `the answer was not complete after ${formatDuration(afterMicros)}`
    return takingTime(HttpResponse.error(), afterMicros, reason)
  }
  const headers = answer.contentType === null ? {} : { 'content-type': answer.contentType }
  // A response such as 204 may not have a body, not even an empty one.
  return takingTime(
    new HttpResponse(answer.body === '' ? null : answer.body, { status: answer.status, headers }),
    afterMicros,
  )
}
