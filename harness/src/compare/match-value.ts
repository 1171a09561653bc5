/**
 * Compares an expected JSON value with an actual one.
 *
 * Objects match as a subset, because a spec should say only what it is about; arrays match element by element and in
 * length, because leaving one out would shift the others. Any scalar may be a placeholder.
 */
import { isSameNumber, WrittenNumber } from '@slung/runtime'
import { matchesPlaceholder, parsePlaceholder } from './placeholder.ts'

/** One point in which what came differs from what was expected. */
export interface Difference {
  /** Where, in words of the spec: `http`, `text`, `value`, or a path such as `json.items[2].id`. */
  readonly path: string
  /** `undefined` = nothing was expected here. May hold placeholders. */
  readonly expected: unknown
  /** `undefined` = nothing came. */
  readonly actual: unknown
  /** What else helps to explain it: `1s late`, `the body is not JSON`. */
  readonly note: string | null
}

export interface MatchOptions {
  /** Where the value stands; the paths of the differences begin with it. */
  readonly path: string
  /** Whether objects must have no keys but the expected ones, at every depth. */
  readonly exact: boolean
}

/**
 * Returns every difference in the order of the expected value; empty when the two match.
 *
 * Numbers are compared as they are written: 9007199254740993 is not 9007199254740992, though both are the same double.
 *
 * @param expected - JSON with placeholders; asymmetric matchers such as `expect.any(Number)` apply, and a bigint is a number
 * @param actual - JSON, from `parseJson`
 * @throws {SlungError} `bad-placeholder`
 * @throws {TypeError} for an expected object that is neither plain nor an asymmetric matcher: it would match anything
 *
 * @example matchValue({ level: 'high' }, { level: 'low', sensor: 1 }, { path: 'json', exact: false }) // json.level
 */
export function matchValue(expected: unknown, actual: unknown, options: MatchOptions): Difference[] {
  const { path } = options
  if (isAsymmetricMatcher(expected)) {
    // A matcher of one number compares it as a double.
    const isMatch = expected.asymmetricMatch(actual instanceof WrittenNumber ? Number(actual) : actual)
    return isMatch ? [] : [{ path, expected, actual, note: null }]
  }
  if (Array.isArray(expected)) return matchArray(expected, actual, options)
  if (typeof expected === 'object' && expected !== null && !isNumber(expected))
    return matchObject(expected, actual, options)
  return matchesScalar(expected, actual) ? [] : [{ path, expected, actual, note: nearlyEqualNote(expected, actual) }]
}

/** The part of the contract of asymmetric matchers such as `expect.any(…)` that is needed here. */
export interface AsymmetricMatcher {
  asymmetricMatch(actual: unknown): boolean
  /** How it prints itself, where it has more to say than `toString`. */
  toAsymmetricMatcher?(): string
  toString(): string
}

export function isAsymmetricMatcher(value: unknown): value is AsymmetricMatcher {
  return typeof value === 'object' && value !== null && 'asymmetricMatch' in value
}

function matchArray(expected: readonly unknown[], actual: unknown, { path, exact }: MatchOptions): Difference[] {
  if (!Array.isArray(actual)) return [{ path, expected, actual, note: null }]
  const differences: Difference[] = []
  for (let index = 0; index < Math.max(expected.length, actual.length); index++) {
    differences.push(...matchValue(expected[index], actual[index], { path: `${path}[${index}]`, exact }))
  }
  return differences
}

function matchObject(expected: object, actual: unknown, { path, exact }: MatchOptions): Difference[] {
  const prototype: unknown = Object.getPrototypeOf(expected)
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(
      `cannot compare "${path}" with a ${expected.constructor.name}: ` +
        'expected values are JSON, placeholders such as "</regex/>" or asymmetric matchers',
    )
  }
  if (typeof actual !== 'object' || actual === null || Array.isArray(actual) || isNumber(actual)) {
    return [{ path, expected, actual, note: null }]
  }
  const differences: Difference[] = []
  for (const [key, value] of Object.entries(expected)) {
    const found = Object.hasOwn(actual, key) ? (actual as Record<string, unknown>)[key] : undefined
    differences.push(...matchValue(value, found, { path: memberPath(path, key), exact }))
  }
  if (exact) {
    for (const [key, value] of Object.entries(actual)) {
      if (Object.hasOwn(expected, key)) continue
      differences.push({ path: memberPath(path, key), expected: undefined, actual: value, note: null })
    }
  }
  return differences
}

function matchesScalar(expected: unknown, actual: unknown): boolean {
  const placeholder = typeof expected === 'string' ? parsePlaceholder(expected) : null
  if (placeholder !== null) return matchesPlaceholder(placeholder, actual)
  // In JSON, 0 and −0 are one number.
  return isNumber(expected) && isNumber(actual) ? isSameNumber(expected, actual) : expected === actual
}

function isNumber(value: unknown): value is number | bigint | WrittenNumber {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof WrittenNumber
}

/** Above the error of some thousand additions of doubles, far below the precision of any measurement. */
const nearlyEqualRatio = 1e-9

function nearlyEqualNote(expected: unknown, actual: unknown): string | null {
  if (!isNumber(expected) || !isNumber(actual)) return null
  const [wanted, came] = [Number(expected), Number(actual)]
  const magnitude = Math.max(Math.abs(wanted), Math.abs(came))
  const distance = Math.abs(came - wanted)
  // Two such integers are not one measurement twice.
  if (distance === 0 && Number.isInteger(wanted)) return null
  const tolerance = Number(`1e${Math.ceil(Math.log10(magnitude)) - 9}`)
  // Near the ends of the range of doubles there is no such tolerance.
  if (!(distance <= magnitude * nearlyEqualRatio && tolerance > 0)) return null
  const difference = distance === 0 ? 'in digits that no double has' : `by ${Number(distance.toPrecision(2))} only`
  return `they differ ${difference}; <${String(expected)} ±${tolerance}> allows that`
}

function memberPath(path: string, key: string): string {
  return /^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`
}
