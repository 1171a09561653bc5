/** What a spec says for all of its tests, and a test for itself: how time passes, what goes wrong, and the limits. */
import { parseByteSize, parseHeaderRule, type HeaderRule, parseVariableName, parseVariableValue } from '@slung/runtime'
import { parseFaults } from './parse-faults.ts'
import {
  findPassageProblem,
  passageOfTimeDefault,
  type Delivery,
  type RequestedPassageOfTime,
} from '../run/passage-of-time.ts'
import { findStateProblem, stateOfTexts } from '../run/state-values.ts'
import type { Located, LocatedEntry, Report } from './located.ts'
import {
  attemptAt,
  found,
  placeOf,
  readDuration,
  readExpectedText,
  readFields,
  readText,
  readTime,
  readTimeOrOffset,
  readWord,
  scalarOf,
  scalarText,
  type Fields,
} from './read-located.ts'
import { specKeys } from './spec-keys.ts'
import type { ExpectedState, Limits, SpecDefaults } from './spec.ts'

export const defaultsOfAll: SpecDefaults = {
  environment: {},
  headers: [],
  state: { before: {}, after: [] },
  passage: passageOfTimeDefault,
  faults: [],
  limits: { callbackP99Millis: null, memoryBytes: null, neverTraps: false },
}

/** @param inherited - holds for what `fields` do not say */
export function parseDefaults(fields: Fields, inherited: SpecDefaults, report: Report): SpecDefaults {
  return {
    environment: { ...inherited.environment, ...fields.read('env', (at) => parseEnvironment(at, report)) },
    headers: [...inherited.headers, ...(fields.read('headers', (at) => parseHeaders(at, report)) ?? [])],
    state: fields.read('state', (at) => parseState(at, inherited.state, report)) ?? inherited.state,
    passage: parsePassageOfTime(fields, inherited.passage, report),
    faults: fields.read('faults', (at) => parseFaults(at, report)) ?? inherited.faults,
    limits: fields.read('limits', (at) => parseLimits(at, report)) ?? inherited.limits,
  }
}

function parseEnvironment(located: Located, report: Report): Readonly<Record<string, string>> | null {
  if (located.kind !== 'mapping') {
    report(located, `"env" is ${found(located)}, expected a mapping such as { LIMIT: "100" }`)
    return null
  }
  return Object.fromEntries(
    located.entries.flatMap((entry) => {
      const name = attemptAt(entry, report, () => parseVariableName(entry.key))
      const text = readText(entry.value, `"${entry.key}" of env`, report)
      const value = text === null ? null : attemptAt(entry.value, report, () => parseVariableValue(text))
      return name === null || value === null ? [] : [[name, value]]
    }),
  )
}

function parseHeaders(located: Located, report: Report): HeaderRule[] | null {
  if (located.kind !== 'mapping') {
    const forms = 'a mapping such as { https://hooks.example.com: { authorization: Bearer test } }'
    report(located, `"headers" is ${found(located)}, expected ${forms}`)
    return null
  }
  return located.entries.flatMap((entry) => {
    const { key: url, value } = entry
    if (value.kind !== 'mapping') {
      const forms = 'a mapping such as { authorization: Bearer test }'
      report(value, `"${url}" of headers is ${found(value)}, expected ${forms}`)
      return []
    }
    const headers = value.entries.map((header) => [
      header.key,
      readText(header.value, `"${header.key}" of headers`, report),
    ])
    if (headers.some(([, text]) => text === null)) return []
    return attemptAt(entry, report, () => parseHeaderRule({ url, headers: Object.fromEntries(headers) })) ?? []
  })
}

function parseState(located: Located, inherited: ExpectedState, report: Report): ExpectedState | null {
  const fields = readFields(located, '"state"', specKeys.state, report)
  if (fields === null) return null
  const before = fields
    .read('before', (at) => readEntries(at, '"before" of state', report))
    ?.flatMap((entry) => {
      const text = readText(entry.value, `"${entry.key}" of state`, report)
      return text === null ? [] : [[entry.key, text] as const]
    })
  const after = fields
    .read('after', (at) => readEntries(at, '"after" of state', report))
    ?.flatMap((entry) => {
      const { key, value } = entry
      const isUnset = value.kind === 'scalar' && value.value === null
      const expected = isUnset ? null : readExpectedText(value, `"${key}" of state`, report)
      return [{ key, value: expected, ...placeOf(entry) }]
    })
  const given = { ...inherited.before, ...Object.fromEntries(before ?? []) }
  const problem = findStateProblem(stateOfTexts(given))
  if (problem !== null) report(fields.get('before') ?? located, problem)
  return { before: given, after: after ?? inherited.after }
}

function readEntries(located: Located, what: string, report: Report): readonly LocatedEntry[] | null {
  if (located.kind === 'mapping') return located.entries
  report(located, `${what} is ${found(located)}, expected a mapping such as { is_high: "1" }`)
  return null
}

function parsePassageOfTime(fields: Fields, inherited: RequestedPassageOfTime, report: Report): RequestedPassageOfTime {
  const passage: RequestedPassageOfTime = {
    start: fields.read('start', (at) => readTime(at, '"start"', report)) ?? inherited.start,
    tick: fields.read('tick', (at) => readTick(at, report)) ?? inherited.tick,
    ticksMax: fields.read('ticks_max', (at) => readTicksMax(at, report)) ?? inherited.ticksMax,
    until: fields.read('until', (at) => readTimeOrOffset(at, '"until"', report)) ?? inherited.until,
    delivery:
      fields.read('delivery', (at) => readWord(at, '"delivery"', deliveries, 'queue or latest', report)) ??
      inherited.delivery,
    seed: fields.read('seed', (at) => readSeed(at, report)) ?? inherited.seed,
  }
  const problem = findPassageProblem(passage)
  if (problem !== null) report(fields.get('until') ?? fields, problem)
  return passage
}

function readTick(located: Located, report: Report): number | null {
  const micros = readDuration(located, '"tick"', report)
  if (micros === 0) report(located, '"tick" is 0, expected a duration above 0, such as 1s')
  return micros === 0 ? null : micros
}

function readTicksMax(located: Located, report: Report): number | null {
  const value = scalarOf(located)
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value
  report(located, `"ticks_max" is ${found(located)}, expected a whole number from 1`)
  return null
}

const deliveries: readonly Delivery[] = ['queue', 'latest']

function readSeed(located: Located, report: Report): number | null {
  const value = scalarOf(located)
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  report(located, `"seed" is ${found(located)}, expected a whole number within ±${Number.MAX_SAFE_INTEGER}`)
  return null
}

function parseLimits(located: Located, report: Report): Limits {
  const fields = readFields(located, '"limits"', specKeys.limits, report)
  const micros = fields?.read('callback_p99', (at) => readDuration(at, '"callback_p99" of limits', report)) ?? null
  const trap = fields?.get('trap')
  if (trap !== undefined && scalarOf(trap) !== 'never') {
    report(trap, `"trap" of limits is ${found(trap)}, expected never`)
  }
  return {
    callbackP99Millis: micros === null ? null : micros / 1000,
    memoryBytes: fields?.read('memory', (at) => readSize(at, report)) ?? null,
    neverTraps: trap !== undefined,
  }
}

function readSize(located: Located, report: Report): number | null {
  const bytes = parseByteSize(scalarText(located))
  if (bytes === null) report(located, `"memory" of limits is ${found(located)}, expected a size such as 16MB or 2MiB`)
  return bytes
}
