/**
 * Adds decimals as people write them, without intermediate rounding: 20 and three steps of 0.1 make 20.3, where binary
 * numbers make 20.300000000000004.
 */

/** `digits` · 10^`exponent`. */
interface Decimal {
  readonly digits: bigint
  readonly exponent: number
}

/** An unsigned decimal number, as the source of a regular expression: `20`, `.5`, `5.`, `1e-3`. */
export const unsignedDecimal: string = String.raw`(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`

/**
 * `first`, `first + step`, … `first + (count − 1) · step`, each the double nearest to the exact sum (±Infinity beyond them).
 *
 * @param first - the text of an `unsignedDecimal` with an optional sign, like `step`
 */
export function decimalSteps(first: string, step: string, count: number): number[] {
  const start = readDecimal(first)
  const increment = readDecimal(step)
  const exponent = Math.min(start.exponent, increment.exponent)
  const incrementDigits = digitsAt(increment, exponent)
  let digits = digitsAt(start, exponent)
  return Array.from({ length: count }, () => {
    const value = Number(`${digits}e${exponent}`)
    digits += incrementDigits
    return value
  })
}

function readDecimal(text: string): Decimal {
  // A number too small for a double adds no digits that matter, and might have a great many.
  if (Number(text) === 0) return { digits: 0n, exponent: 0 }
  const [mantissa = '', power = '0'] = text.toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  return { digits: BigInt(`${whole.replace('+', '')}${fraction}`), exponent: Number(power) - fraction.length }
}

/** @param exponent - at most that of the decimal */
function digitsAt(decimal: Decimal, exponent: number): bigint {
  return decimal.digits * 10n ** BigInt(decimal.exponent - exponent)
}
