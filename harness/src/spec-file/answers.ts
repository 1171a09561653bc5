/** How a spec has the outside world answer HTTP writebacks, as values. */
import { countSlips, type HttpMethod, type Micros } from '@slung/runtime'
import { isSameUrl } from '../compare/request-line.ts'
import type { Position, Spec, SpecTest } from './spec.ts'

/** The answers to one request, in order; the last one repeats. The position is that of the rule's key. */
export interface AnswerRule extends Position {
  readonly method: HttpMethod
  /** Absolute, http or https. */
  readonly url: string
  /** At least one. */
  readonly answers: readonly Answer[]
}

export type Answer = AnswerResponse | AnswerFailure

export interface AnswerResponse {
  readonly kind: 'response'
  /** 200–999. */
  readonly status: number
  readonly body: string
  /** `null` = the response has no such header. */
  readonly contentType: string | null
  /** Virtual microseconds until the guest has it. */
  readonly afterMicros: Micros
}

/** No response: the connection breaks, or the guest's host gives up waiting. */
export interface AnswerFailure {
  readonly kind: 'reset' | 'timeout'
  readonly afterMicros: Micros
}

/** The rules of a test: its own, then those of the spec that it does not replace (same method and URL). */
export function answersFor(spec: Spec, test: SpecTest): readonly AnswerRule[] {
  const isReplaced = (rule: AnswerRule): boolean => test.http.some((own) => answersSame(own, rule))
  return [...test.http, ...spec.http.filter((rule) => !isReplaced(rule))]
}

/** Whether a rule answers a request, whose URL is absolute. */
export function answersRequest(
  rule: AnswerRule,
  { method, url }: { readonly method: string; readonly url: string },
): boolean {
  return method === rule.method && isSameUrl(rule.url, url)
}

/** Whether two rules answer the same request. */
export function answersSame(one: AnswerRule, other: AnswerRule): boolean {
  return one.method === other.method && isSameUrl(one.url, other.url)
}

/** The rule whose method and URL are nearest to those of an unanswered request; `null` without rules. */
export function nearestAnswer(
  request: { readonly method: HttpMethod; readonly url: string },
  rules: readonly AnswerRule[],
): AnswerRule | null {
  let nearest: AnswerRule | null = null
  let nearestDistance = Number.POSITIVE_INFINITY
  for (const rule of rules) {
    const url = countSlips(request.url.slice(0, comparedUnitsMax), rule.url.slice(0, comparedUnitsMax))
    // A different method is one slip, however many letters the two share.
    const distance = url + (rule.method === request.method ? 0 : 1)
    if (distance >= nearestDistance) continue
    nearest = rule
    nearestDistance = distance
  }
  return nearest
}

// A guest may send megabytes as a URL, and the cost of the distance grows with their square.
const comparedUnitsMax = 300
