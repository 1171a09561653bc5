/**
 * The parts of a text that a recording cannot keep, or a replay cannot repeat: secrets, and times that the workflow
 * read from the clock, which differs in a replay.
 */
import { parseTimestamp } from '../../engine/model/parse-timestamp.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import { findSecrets } from './find-secrets.ts'

/**
 * When a writeback was made: between the answer to the workflow's latest poll and the call. A time in a body that lies
 * within it was read from the clock. The timestamp of the sample that caused the writeback does not: it came before.
 */
export interface ClockWindow {
  readonly polledAt: Micros
  readonly madeAt: Micros
}

/** `end` is exclusive. */
export interface VariablePart {
  readonly start: number
  readonly end: number
  /** For people: what was found there; `null` = a time from the clock. */
  readonly secret: string | null
}

/** In order, without overlaps. */
export function variableParts(text: string, clock: ClockWindow): VariablePart[] {
  const parts = [...findSecrets(text), ...findTimes(text, clock)].sort((left, right) => left.start - right.start)
  const apart: VariablePart[] = []
  for (const part of parts) {
    const last = apart.at(-1)
    if (last === undefined || part.start >= last.end) apart.push(part)
    else apart[apart.length - 1] = { ...last, end: Math.max(last.end, part.end), secret: last.secret ?? part.secret }
  }
  return apart
}

/** For people: the first part of a text that looks like a secret; `null` = none does. */
export function firstSecret(text: string): string | null {
  return findSecrets(text).next().value?.secret ?? null
}

/** Whether a JSON number is a time from the clock, in nano-, micro- or milliseconds, or in seconds with a fraction. */
export function isClockTime(value: number, { polledAt, madeAt }: ClockWindow): boolean {
  if (!Number.isInteger(value)) return isWithin(Math.round(value * 1e6), 1, { polledAt, madeAt })
  return [1e-3, 1, 1e3].some((scale) => isWithin(Math.floor(value * scale), Math.max(1, scale), { polledAt, madeAt }))
}

function isWithin(time: Micros, resolution: number, { polledAt, madeAt }: ClockWindow): boolean {
  return time > polledAt - resolution && time <= madeAt
}

/** Times finer than seconds: others differ in a replay only when a second ends between a sample and its Event. */
const integerTimes = /(?<![\d.])\d{13}(?:\d{3}){0,2}(?![\d.])/g
const calendarTimes = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?<fraction>\.\d{1,9})(?:Z|[+-]\d\d:\d\d)?/g
const microsDigits = 16
const fractionDigitsOfMicros = 6

function* findTimes(text: string, clock: ClockWindow): Generator<VariablePart> {
  for (const { 0: digits, index: start } of text.matchAll(integerTimes)) {
    const scale = 10 ** (microsDigits - digits.length)
    // A double does not hold all digits of nanoseconds.
    if (isWithin(Number(digits.slice(0, microsDigits)) * Math.max(1, scale), Math.max(1, scale), clock)) {
      yield { start, end: start + digits.length, secret: null }
    }
  }
  for (const { 0: time, index: start, groups } of text.matchAll(calendarTimes)) {
    const micros = parseTimestamp(time)
    const digits = groups!['fraction']!.length - 1
    const resolution = 10 ** Math.max(0, fractionDigitsOfMicros - digits)
    if (micros !== null && isWithin(micros, resolution, clock)) yield { start, end: start + time.length, secret: null }
  }
}
