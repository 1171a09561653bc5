/**
 * `/health` and `/ready`, for probes and load balancers. They are open to everybody, and tell a stranger one word; those
 * who pass the gate are also told why.
 */
import type { SlungError } from '../../engine/model/slung-error.ts'
import type { Answer } from './answer.ts'

export interface HealthSource {
  /** Why the store cannot be written; `null` = it can. */
  readonly failure: () => SlungError | null
  /** The names of the workflows that have not subscribed since the start. */
  readonly starting: () => readonly string[]
  /** Why nothing that takes memory is done now; `null` = there is room. */
  readonly shortage: () => string | null
  readonly isStopping: () => boolean
}

/**
 * Whether it is alive: a runtime that is starting needs time, and no restart.
 *
 * @param isTrusted - whether the request passes the gate
 */
export function answerHealth(source: HealthSource, isTrusted: boolean): Answer<200 | 503> {
  return answer(source, isTrusted, ['ok', 'starting'])
}

/** Whether it takes samples and its workflows follow them. @param isTrusted - as for `answerHealth` */
export function answerReady(source: HealthSource, isTrusted: boolean): Answer<200 | 503> {
  if (!source.isStopping()) return answer(source, isTrusted, ['ok'])
  return { status: 503, body: { status: 'stopping' }, headers: retryLater }
}

/** In seconds. */
export const retryLater: Readonly<Record<string, string>> = { 'retry-after': '5' }

function answer(source: HealthSource, isTrusted: boolean, good: readonly string[]): Answer<200 | 503> {
  const { status, ...details } = describeHealth(source)
  const body = isTrusted ? { status, ...details } : { status }
  return good.includes(status) ? { status: 200, body } : { status: 503, body, headers: retryLater }
}

function describeHealth({ failure, starting, shortage }: HealthSource) {
  const error = failure()
  if (error !== null) return { status: 'failing', error: error.message }
  const waitingFor = starting()
  if (waitingFor.length > 0) return { status: 'starting', waitingFor }
  // It works, and after a restart it would soon be short of memory again.
  const shortOfMemory = shortage()
  return shortOfMemory === null ? { status: 'ok' } : { status: 'ok', shortOfMemory }
}
