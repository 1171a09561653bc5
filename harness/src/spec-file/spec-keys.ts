/** The keys that each mapping of a spec may have; the JSON Schema must know the same ones. */
import { expectedKeys } from '../compare/expected-writeback.ts'

export interface SpecKeys {
  readonly spec: readonly string[]
  readonly test: readonly string[]
  readonly input: readonly string[]
  readonly inlineInput: readonly string[]
  readonly answer: readonly string[]
  /** By the key that makes a fault one of its kind; any may also have the keys of `narrowing`. */
  readonly fault: Readonly<Record<FaultKind, readonly string[]>>
  readonly narrowing: readonly string[]
  readonly state: readonly string[]
  readonly limits: readonly string[]
  readonly check: readonly string[]
  readonly sameAs: readonly string[]
  /** By kind of writeback. */
  readonly expected: Readonly<Record<string, readonly string[]>>
}

export type FaultKind = 'duplicate' | 'late' | 'reorder' | 'drop' | 'gap' | 'skew' | 'disconnect' | 'burst' | 'close'

/** What a spec says for all of its tests, and a test for itself. */
const shared = [
  'input',
  'http',
  'headers',
  'env',
  'state',
  'start',
  'tick',
  'ticks_max',
  'until',
  'delivery',
  'seed',
  'faults',
  'limits',
]

export const specKeys: SpecKeys = {
  spec: ['workflow', 'build', ...shared, 'tests'],
  test: ['name', ...shared, 'expect', 'any_order', 'at_least', 'exit', 'log', 'check'],
  input: ['csv', 'series', 'tags', 'producer', 'time_unit'],
  inlineInput: ['every', 'values'],
  answer: ['status', 'json', 'text', 'body', 'after', 'slow', 'timeout', 'times'],
  fault: {
    duplicate: ['duplicate'],
    late: ['late', 'of'],
    reorder: ['reorder', 'of'],
    drop: ['drop'],
    gap: ['gap', 'at'],
    skew: ['skew'],
    disconnect: ['disconnect', 'at', 'for'],
    burst: ['burst', 'at'],
    close: ['close', 'at'],
  },
  narrowing: ['series', 'producer'],
  state: ['before', 'after'],
  limits: ['callback_p99', 'memory', 'trap'],
  check: ['at', 'query', 'equals'],
  sameAs: ['same_as'],
  expected: Object.fromEntries(Object.entries(expectedKeys).map(([kind, keys]) => [kind, [...keys, 'times']])),
}
