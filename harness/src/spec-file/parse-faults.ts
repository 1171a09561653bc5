/**
 * `faults:` of a spec or a test, a list of
 *
 * - `{ duplicate: 5% }` each row comes twice with this probability, the copy right behind it
 * - `{ late: 30s, of: 10% }` arrives this much later
 * - `{ reorder: 10s, of: 50% }` arrives up to this much later
 * - `{ drop: 2% }` never comes
 * - `{ gap: 5m, at: +10m }` what arrives from then on, for this long, never comes
 * - `{ burst: 1m, at: +10m }` what arrives from then on, for this long, comes together at the end
 * - `{ skew: -2s }` is measured by a clock that is off by this
 * - `{ disconnect: edge-a, at: +5m, for: 2m }` the producer is away, and then sends what it has measured
 * - `{ close: edge-a, at: +5m }` the producer goes for good
 *
 * All but the last two may be narrowed by `series: NAME` and `producer: NAME`.
 */
import { listWords, type Micros } from '@slung/runtime'
import type { Located, Report } from './located.ts'
import {
  doubleOf,
  found,
  readDuration,
  readFields,
  readList,
  readName,
  readProducer,
  readSignedDuration,
  readTimeOrOffset,
  scalarOf,
  type Fields,
} from './read-located.ts'
import { specKeys, type FaultKind } from './spec-keys.ts'
import type { TimeOrOffset } from '../run/time-or-offset.ts'
import type { Fault, Narrowing, Share } from '../faults/fault.ts'

/** Leaves out those it reports a problem with. */
export function parseFaults(located: Located, report: Report): Fault[] {
  const list = readList(located, '"faults"', 'a list such as [{ drop: 2% }, { late: 30s, of: 10% }]', report)
  return list?.flatMap((item) => parseFault(item, report) ?? []) ?? []
}

const kinds = Object.keys(specKeys.fault) as FaultKind[]

function parseFault(located: Located, report: Report): Fault | null {
  const kind = readKind(located, report)
  if (kind === null) return null
  const narrowing = kind === 'disconnect' || kind === 'close' ? [] : specKeys.narrowing
  const fields = readFields(located, `a ${kind} fault`, [...specKeys.fault[kind], ...narrowing], report)
  return fields && readFault(kind, fields, report)
}

/** The kind is the key that names one. */
function readKind(located: Located, report: Report): FaultKind | null {
  if (located.kind !== 'mapping') {
    const example = 'a mapping such as { drop: 2% }, with one of'
    report(located, `a fault is ${found(located)}, expected ${example} ${listWords(kinds, 'or')}`)
    return null
  }
  const keys = located.entries.map(({ key }) => key)
  const [kind, other] = kinds.filter((candidate) => keys.includes(candidate))
  if (kind === undefined) {
    const known = [...new Set([...kinds, ...Object.values(specKeys.fault).flat(), ...specKeys.narrowing])]
    // A mistyped kind is an unknown key, reported with the nearest known one.
    readFields(located, 'a fault', known, report)
    if (keys.every((key) => known.includes(key))) {
      report(located, `a fault does not say what happens: expected one of ${listWords(kinds, 'or')}`)
    }
    return null
  }
  if (other === undefined) return kind
  report(located, `a fault has both "${kind}" and "${other}": expected a separate item for each`)
  return null
}

function readFault(kind: FaultKind, fields: Fields, report: Report): Fault | null {
  const what = `"${kind}" of a fault`
  const own = fields.get(kind)!
  const narrowing = readNarrowing(fields, report)
  switch (kind) {
    case 'duplicate':
    case 'drop': {
      const share = readShare(own, what, report)
      return share === null ? null : { kind, share, ...narrowing }
    }
    case 'late':
    case 'reorder': {
      const micros = readSpan(own, what, report)
      const of = fields.get('of')
      const share = of === undefined ? 1 : readShare(of, `"of" of a ${kind} fault`, report)
      return micros === null || share === null ? null : { kind, micros, share, ...narrowing }
    }
    case 'gap':
    case 'burst': {
      const micros = readSpan(own, what, report)
      const at = readAt(kind, fields, report)
      return micros === null || at === null ? null : { kind, micros, at, ...narrowing }
    }
    case 'skew': {
      const micros = checkNotZero(own, readSignedDuration(own, what, report), what, report)
      return micros === null ? null : { kind, micros, ...narrowing }
    }
    case 'disconnect': {
      const producer = readProducer(own, what, report)
      const at = readAt(kind, fields, report)
      const micros = readRequired(kind, 'for', 'how long it is away, such as 2m', fields, report, readDuration)
      return producer === null || at === null || micros === null ? null : { kind, producer, at, micros }
    }
    case 'close': {
      const producer = readProducer(own, what, report)
      const at = readAt(kind, fields, report)
      return producer === null || at === null ? null : { kind, producer, at }
    }
  }
}

function readNarrowing(fields: Fields, report: Report): Narrowing {
  return {
    series: fields.read('series', (at) => readName(at, '"series" of a fault', report)),
    producer: fields.read('producer', (at) => readProducer(at, '"producer" of a fault', report)),
  }
}

function readSpan(located: Located, what: string, report: Report): Micros | null {
  return checkNotZero(located, readDuration(located, what, report), what, report)
}

/** Only a fault that does nothing is reported here: whether it affects a row shows once the input is known. */
function checkNotZero(located: Located, micros: Micros | null, what: string, report: Report): Micros | null {
  if (micros !== 0) return micros
  report(located, `${what} is 0, which changes nothing: expected a duration such as 30s`)
  return null
}

function readAt(kind: FaultKind, fields: Fields, report: Report): TimeOrOffset | null {
  return readRequired(kind, 'at', 'when it happens, such as +10m', fields, report, readTimeOrOffset)
}

function readRequired<Value>(
  kind: FaultKind,
  key: string,
  expected: string,
  fields: Fields,
  report: Report,
  read: (located: Located, what: string, report: Report) => Value | null,
): Value | null {
  const located = fields.get(key)
  if (located !== undefined) return read(located, `"${key}" of a ${kind} fault`, report)
  report(fields, `a ${kind} fault has no "${key}": expected ${expected}`)
  return null
}

/** How likely something is: `5%`, or a number from 0 to 1. @param what - for messages: `"drop" of a fault` */
function readShare(located: Located, what: string, report: Report): Share | null {
  const value = scalarOf(located)
  const percent = typeof value === 'string' ? /^\s*(\d+\.?\d*|\.\d+)\s*%\s*$/.exec(value)?.[1] : undefined
  const share = percent === undefined ? doubleOf(located) : Number(percent) / 100
  if (share !== null && share >= 0 && share <= 1) return share
  report(located, `${what} is ${found(located)}, expected a share of the rows: 0% to 100%, or a number from 0 to 1`)
  return null
}
