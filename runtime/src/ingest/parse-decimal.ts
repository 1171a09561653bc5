/**
 * Reads a decimal number from bytes, with the result that `Number` has for the same text.
 *
 * Most numbers need no text: digits that fit 53 bits and a power of ten up to 22 are both exact doubles, so that one
 * multiplication or division rounds once, and rightly (Clinger 1990, "How to Read Floating Point Numbers Accurately").
 * Up to 18 digits, as doubles are usually printed, are divided with a remainder that shows which way to round.
 */
import { isBlank } from '../model/is-blank.ts'

/**
 * The number in the bytes `start` to `end` (exclusive): digits, with sign, point and exponent as they may be.
 * Nothing else that `Number` takes counts (`Infinity`, `0x1f`, nothing at all). Spaces and tabs around do not count.
 *
 * @returns NaN when it is not a number; ±Infinity when it is beyond the range of doubles
 */
export function parseDecimal(bytes: Uint8Array, start: number, end: number): number {
  while (start < end && isBlank(bytes[start]!)) start++
  while (end > start && isBlank(bytes[end - 1]!)) end--
  let at = start
  const negative = bytes[at] === hyphen
  if (negative || bytes[at] === plus) at++

  // The first nine digits that are not leading zeros, and up to nine more: two int32.
  let high = 0
  let low = 0
  let lowDigits = 0
  let hasMoreDigits = false
  const digitsStart = at
  let pointAt = -1
  for (; at < end; at++) {
    const digit = bytes[at]! - zero
    if (digit >= 0 && digit <= 9) {
      if (high < 100_000_000) {
        high = (high * 10 + digit) | 0
      } else if (lowDigits < 9) {
        low = (low * 10 + digit) | 0
        lowDigits++
      } else {
        hasMoreDigits = true
      }
    } else if (digit === point - zero && pointAt < 0) {
      pointAt = at
    } else {
      break
    }
  }
  if (at - digitsStart === (pointAt < 0 ? 0 : 1)) return Number.NaN
  let power = pointAt < 0 ? 0 : pointAt + 1 - at

  if (at < end && (bytes[at]! | 0x20) === smallE) {
    at++
    const exponentNegative = bytes[at] === hyphen
    if (exponentNegative || bytes[at] === plus) at++
    if (at === end) return Number.NaN
    let exponent = 0
    for (; at < end; at++) {
      const digit = bytes[at]! - zero
      if (digit < 0 || digit > 9) break
      exponent = exponent * 10 + digit
    }
    power += exponentNegative ? -exponent : exponent
  }
  if (at !== end) return Number.NaN

  if (!hasMoreDigits && power >= -powerMax && power <= powerMax) {
    const magnitude = scaled(high, low, lowDigits, power)
    if (!Number.isNaN(magnitude)) return negative ? -magnitude : magnitude
  }
  return Number(asciiText(bytes, start, end))
}

/** (high · 10^lowDigits + low) · 10^power, correctly rounded; NaN where this arithmetic cannot tell. */
function scaled(high: number, low: number, lowDigits: number, power: number): number {
  // Exact: 10^9 is 2^9 times a number of 21 bits, and `high` has 30.
  const shifted = high * powersOfTen[lowDigits]!
  const mantissa = shifted + low
  if (mantissa <= Number.MAX_SAFE_INTEGER) {
    return power < 0 ? mantissa / powersOfTen[-power]! : mantissa * powersOfTen[power]!
  }
  return power > 0 ? Number.NaN : longQuotient(mantissa, low - (mantissa - shifted), -power)
}

/**
 * (mantissa + rest) / 10^power for a rest below half a unit in the last place of the mantissa; NaN for the rare
 * quotient so near the middle of two doubles that the second step of the division does not decide.
 */
function longQuotient(mantissa: number, rest: number, power: number): number {
  const divisor = powersOfTen[power]!
  const quotient = mantissa / divisor
  // The product `quotient · divisor` in two doubles, by halves of their bits (Dekker 1971), for the exact remainder.
  const quotientHigh = upperHalf(quotient)
  const quotientLow = quotient - quotientHigh
  const divisorHigh = upperHalf(divisor)
  const divisorLow = divisor - divisorHigh
  const product = quotient * divisor
  const cross = quotientHigh * divisorHigh - product + quotientHigh * divisorLow + quotientLow * divisorHigh
  const remainder = mantissa - product - (cross + quotientLow * divisorLow) + rest
  const correction = remainder / divisor
  // The correction is known to some 50 bits. Where its last ones matter, it is not known well enough (Ziv 1991).
  const nearest = quotient + correction * (1 - doubt)
  return nearest === quotient + correction * (1 + doubt) ? nearest : Number.NaN
}

function upperHalf(value: number): number {
  const spread = value * 134_217_729 // 2^27 + 1
  return spread - (spread - value)
}

/** Text of bytes that are all ASCII. By pieces: a cell may be longer than a call may have arguments. */
function asciiText(bytes: Uint8Array, start: number, end: number): string {
  let text = ''
  for (let at = start; at < end; at += 1024) {
    text += String.fromCharCode(...bytes.subarray(at, Math.min(at + 1024, end)))
  }
  return text
}

// 10^22 = 2^22 · 5^22 is the last power of ten whose odd part fits 53 bits.
const powerMax = 22
const powersOfTen: Float64Array = Float64Array.from({ length: powerMax + 1 }, (_, power) => Number(`1e${power}`))
const doubt = 2 ** -46

const plus = 0x2b
const hyphen = 0x2d
const point = 0x2e
const zero = 0x30
const smallE = 0x65
