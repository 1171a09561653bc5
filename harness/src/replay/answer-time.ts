/**
 * How long answers take in virtual time. MSW hands on the very response that a handler returned, so what is known about it
 * besides is kept here.
 */
import { parseDuration, SlungError, type Micros } from '@slung/runtime'

interface Course {
  readonly afterMicros: Micros
  /** Why a response of type `error` is none. */
  readonly reason: string
}

const courses = new WeakMap<Response, Course>()

/**
 * Makes virtual time pass before the workflow has an answer: samples arrive meanwhile, and their Events queue up.
 *
 * @param duration - such as `250ms` or `2m`
 * @returns the same response
 * @throws {SlungError} `bad-duration`
 *
 * @example http.post('https://hooks.example.com/alerts', () => after('2m', HttpResponse.json({ ok: true })))
 */
export function after<Answer extends Response>(duration: string, response: Answer): Answer {
  const afterMicros = parseDuration(duration)
  if (afterMicros === null) {
    throw new SlungError('bad-duration', `cannot answer after "${duration}": expected a duration such as 250ms or 2m`)
  }
  return takingTime(response, afterMicros)
}

/** @param reason - for a response of type `error`: why there is none */
export function takingTime<Answer extends Response>(
  response: Answer,
  afterMicros: Micros,
  reason = 'network error',
): Answer {
  courses.set(response, { afterMicros, reason })
  return response
}

export function courseOf(response: Response): Course {
  return courses.get(response) ?? { afterMicros: 0, reason: 'network error' }
}
