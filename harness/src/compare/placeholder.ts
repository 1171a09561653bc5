/**
 * The placeholders that may stand for any scalar of an expected value: `<any>`, `<number>`, `<string>`, `</regex/i>`
 * and `<41.2 ±0.05>`.
 *
 * A placeholder is the whole text, never a part of one, so that an expected text reads the way it arrives. What merely
 * looks like one (`<br>`) is refused rather than compared: a mistyped `<nubmer>` must not pass for a literal.
 */
import { escapeRegExp, parseWrittenNumber, SlungError, suggest, WrittenNumber } from '@slung/runtime'
import { isFound } from './in-time.ts'

export type Placeholder =
  /** Any present value, `null` included. */
  | { readonly kind: 'any' }
  | { readonly kind: 'number' }
  | { readonly kind: 'string' }
  /** A string in which the expression is found somewhere; anchor it with `^` and `$` to match the whole. */
  | { readonly kind: 'regex'; readonly expression: RegExp }
  /** A number at most `tolerance` (≥ 0) away from `value`, both ends included. */
  | { readonly kind: 'near'; readonly value: number | WrittenNumber; readonly tolerance: number | WrittenNumber }

/**
 * Reads a placeholder; `null` for a text that stands for itself, such as `<b>bold</b>`.
 *
 * @throws {SlungError} `bad-placeholder` for any other `<…>`; the text says how to expect it
 *   literally
 */
export function parsePlaceholder(text: string): Placeholder | null {
  if (text.length < 3 || !text.startsWith('<') || !text.endsWith('>')) return null
  const inner = text.slice(1, -1)
  if (inner === 'any' || inner === 'number' || inner === 'string') return { kind: inner }

  const near = nearPattern.exec(inner)
  if (near !== null) {
    const large = near.slice(1).find((number) => !Number.isFinite(Number(number)))
    if (large !== undefined) throw badPlaceholder(text, `${large} is too large for a double`)
    return { kind: 'near', value: parseWrittenNumber(near[1]!), tolerance: parseWrittenNumber(near[2]!) }
  }

  const regex = /^\/(.+)\/([a-z]*)$/s.exec(inner)
  if (regex !== null) {
    const expression = compile(regex[1] ?? '', regex[2] ?? '')
    if (expression instanceof RegExp) return { kind: 'regex', expression }
    if (!/[<>]/.test(inner)) throw badPlaceholder(text, expression)
  }

  // Markup, not a placeholder: only a regular expression may have angle brackets inside.
  if (/[<>]/.test(inner)) return null
  if (inner.startsWith('/')) throw badPlaceholder(text, 'its regular expression has no closing slash')
  if (numberPattern.test(inner)) throw badPlaceholder(text, `it has no tolerance; expected <${inner} ±0.05>`)
  const meant = suggest(inner, ['any', 'number', 'string'])
  throw badPlaceholder(text, meant === null ? 'there is no such placeholder' : `did you mean <${meant}>?`)
}

/**
 * Whether `actual`, a JSON value or `undefined` for an absent one, is what the placeholder stands for.
 *
 * @throws {SlungError} `bad-placeholder` for a regular expression that tries too many ways
 */
export function matchesPlaceholder(placeholder: Placeholder, actual: unknown): boolean {
  switch (placeholder.kind) {
    case 'any':
      return actual !== undefined
    case 'number':
      return isNumber(actual)
    case 'string':
      return typeof actual === 'string'
    case 'regex':
      return typeof actual === 'string' && isFound(placeholder.expression, actual)
    case 'near':
      return isNumber(actual) && isNear(actual, placeholder.value, placeholder.tolerance)
  }
}

function isNumber(value: unknown): value is number | WrittenNumber {
  return typeof value === 'number' || value instanceof WrittenNumber
}

function isNear(
  actual: number | WrittenNumber,
  value: number | WrittenNumber,
  tolerance: number | WrittenNumber,
): boolean {
  const [came, wanted, most] = [actual, value, tolerance].map(integerOf)
  if (came != null && wanted != null && most != null) return came - wanted <= most && wanted - came <= most
  const [double, middle] = [Number(actual), Number(value)]
  if (!Number.isFinite(double)) return false
  // 1.1 − 1.0 is 0.10000000000000009: what was written in decimals must not fail by the rounding of either number.
  const rounding = 2 * Number.EPSILON * Math.max(Math.abs(double), Math.abs(middle))
  return Math.abs(double - middle) <= Number(tolerance) + rounding
}

/** Integers need no allowance for rounding, which beyond 2^51 would hide a difference of 1; `null` for other numbers. */
function integerOf(number: number | WrittenNumber): bigint | null {
  if (typeof number === 'number') return Number.isInteger(number) ? BigInt(number) : null
  return /^-?\d+$/.test(number.text) ? BigInt(number.text) : null
}

/** Prints the canonical text: `parsePlaceholder` reads it back as the same placeholder. */
export function formatPlaceholder(placeholder: Placeholder): string {
  switch (placeholder.kind) {
    case 'regex':
      return `<${String(placeholder.expression)}>`
    case 'near':
      return `<${String(placeholder.value)} ±${String(placeholder.tolerance)}>`
    default:
      return `<${placeholder.kind}>`
  }
}

const decimal = String.raw`(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`
const numberPattern = new RegExp(`^[+-]?${decimal}$`)
const nearPattern = new RegExp(String.raw`^\s*([+-]?${decimal})\s*(?:±|\+-|\+/-)\s*(${decimal})\s*$`)

/** The expression, or what is wrong with it. */
function compile(source: string, flags: string): RegExp | string {
  // `g` and `y` make an expression remember where it stopped; the same text would match only every other time.
  const unknown = /[^imsuv]/.exec(flags)
  if (unknown !== null) return `its regular expression has the flag "${unknown[0]}"; expected i, m, s, u or v`
  try {
    return new RegExp(source, flags)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function badPlaceholder(text: string, problem: string): SlungError {
  return new SlungError(
    'bad-placeholder',
    `cannot read the placeholder "${text}": ${problem} (placeholders are <any>, <number>, <string>, </regex/>, ` +
      `<41.2 ±0.05>; for exactly this text write "</^${escapeRegExp(text)}$/>")`,
  )
}
