/** What a spec says for all of its tests, and a test for itself: how time passes, what goes wrong, and what is too much. */
import { parseByteSize, suggest } from '@slung/runtime'
import { parseFaults } from './parse-faults.ts'
import { findModesProblem, modesDefault, type Delivery, type RequestedModes } from '../run/passage-of-time.ts'
import { found, readFields, type Fields } from './fields.ts'
import type { Located, Report } from './located.ts'
import { specKeys } from './spec-keys.ts'
import type { Limits, SpecDefaults } from './spec.ts'
import { readDuration, readTime, readTimeOrOffset } from './times.ts'

export const defaultsOfAll: SpecDefaults = {
  modes: modesDefault,
  faults: [],
  limits: { callbackP99Millis: null, memoryBytes: null, neverTraps: false },
}

/** @param inherited - holds for whatever `fields` do not say */
export function parseDefaults(fields: Fields, inherited: SpecDefaults, report: Report): SpecDefaults {
  const faults = fields.get('faults')
  const limits = fields.get('limits')
  return {
    modes: parseModes(fields, inherited.modes, report),
    faults: faults === undefined ? inherited.faults : parseFaults(faults, report),
    limits: limits === undefined ? inherited.limits : parseLimits(limits, report),
  }
}

function parseModes(fields: Fields, inherited: RequestedModes, report: Report): RequestedModes {
  const read = <Value>(key: string, fallback: Value, readValue: (located: Located) => Value | null): Value => {
    const located = fields.get(key)
    return located === undefined ? fallback : (readValue(located) ?? fallback)
  }
  const modes: RequestedModes = {
    start: read('start', inherited.start, (located) => readTime(located, '"start"', report)),
    tick: read('tick', inherited.tick, (located) => readTick(located, report)),
    until: read('until', inherited.until, (located) => readTimeOrOffset(located, '"until"', report)),
    delivery: read('delivery', inherited.delivery, (located) => readDelivery(located, report)),
    seed: read('seed', inherited.seed, (located) => readSeed(located, report)),
  }
  const problem = findModesProblem(modes)
  if (problem !== null) report(fields.get('until') ?? fields, problem)
  return modes
}

function readTick(located: Located, report: Report): number | null {
  const micros = readDuration(located, '"tick"', report)
  if (micros === 0) report(located, '"tick" is 0, expected a duration in which time passes, such as 1s')
  return micros === 0 ? null : micros
}

const deliveries: readonly Delivery[] = ['queue', 'latest']

function readDelivery(located: Located, report: Report): Delivery | null {
  const value = located.kind === 'scalar' ? located.value : null
  const delivery = deliveries.find((candidate) => candidate === value)
  if (delivery !== undefined) return delivery
  const meant = typeof value === 'string' ? suggest(value, deliveries) : null
  report(
    located,
    `"delivery" is ${found(located)}, expected queue or latest${meant === null ? '' : `; did you mean ${meant}?`}`,
  )
  return null
}

function readSeed(located: Located, report: Report): number | null {
  const value = located.kind === 'scalar' ? located.value : null
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  report(located, `"seed" is ${found(located)}, expected a whole number`)
  return null
}

function parseLimits(located: Located, report: Report): Limits {
  const fields = readFields(located, '"limits"', specKeys.limits, report)
  const callback = fields?.get('callback_p99')
  const memory = fields?.get('memory')
  const trap = fields?.get('trap')
  const micros = callback === undefined ? null : readDuration(callback, '"callback_p99" of limits', report)
  if (trap !== undefined && !(trap.kind === 'scalar' && trap.value === 'never')) {
    report(trap, `"trap" of limits is ${found(trap)}, expected never`)
  }
  return {
    callbackP99Millis: micros === null ? null : micros / 1000,
    memoryBytes: memory === undefined ? null : readSize(memory, report),
    neverTraps: trap !== undefined,
  }
}

function readSize(located: Located, report: Report): number | null {
  const bytes = located.kind === 'scalar' ? parseByteSize(String(located.value)) : null
  if (bytes === null) report(located, `"memory" of limits is ${found(located)}, expected a size such as 16MB or 2MiB`)
  return bytes
}
