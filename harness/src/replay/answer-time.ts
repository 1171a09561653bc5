/**
 * How long answers take in virtual time. MSW passes on the very response that a handler returned, so what else is known
 * about it is kept here.
 */
import { expectedDuration, parseDuration, SlungError, type Micros } from '@slung/runtime'

interface Course {
  readonly afterMicros: Micros
  /** Why a response of type `error` stands for no response. */
  readonly reason: string
}

const courses = new WeakMap<Response, Course>()

/**
 * Lets virtual time pass before the workflow has an answer: samples arrive meanwhile, and their Events queue up.
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
    const expected = expectedDuration(duration, 'a duration such as 250ms or 2m')
    throw new SlungError('bad-duration', `cannot answer after "${duration}": expected ${expected}`)
  }
  return takingTime(response, afterMicros)
}

/** @param reason - for a response of type `error`: why none came */
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
