/** A limit for answers that never come, such as those of MSW's `delay('infinite')`. */
// Not the globals, which a test may have replaced with fake timers.
import { clearTimeout, setTimeout } from 'node:timers'
import { SlungError, type GuestHttpRequest } from '@slung/runtime'
import type { HttpOutcome } from './http-door.ts'
import { requestLine } from './slowness.ts'

/**
 * @param millis - of real time: the clock of a replay stands still while a request is answered
 * @throws {SlungError} `no-answer`; what `answer` rejects with
 */
export async function answerWithin(
  millis: number,
  request: GuestHttpRequest,
  answer: Promise<HttpOutcome>,
): Promise<HttpOutcome> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const message =
        `cannot replay on: ${requestLine(request)} has had no answer for ${millis / 1000} s; ` +
        "for a service that hangs, answer after('10s', HttpResponse.error()), which takes no real time"
      reject(new SlungError('no-answer', message))
    }, millis)
  })
  try {
    return await Promise.race([answer, limit])
  } finally {
    clearTimeout(timer)
  }
}
