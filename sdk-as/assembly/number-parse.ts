/**
 * Decimal to double, correctly rounded (to nearest, ties to even) for w · 10^e with w < 2^64: that covers everything
 * `String(number)` prints in JavaScript, which has at most 17 significant digits.
 *
 * Three paths, each exact. A short mantissa with a small power of ten is one hardware operation on two exact doubles
 * (Clinger's fast path). The 16 and 17 digits of an average need a division of 128 bits by 64. The rest — exponents beyond
 * −27, and 18 digits and more before the point — goes through `big-natural.ts`.
 */
import {
  BIG_SIZE,
  bigBitLength,
  bigCompare,
  bigMultiplyByPowerOfFive,
  bigSet,
  bigShiftLeft,
  bigSubtract,
} from './big-natural'

// 5^27 is the largest power of five below 2^63.
const POWER_OF_FIVE_MAX = 27
// 10^22 is the largest power of ten that is a double.
const EXACT_POWER_OF_TEN_MAX = 22

const numerator = memory.data(BIG_SIZE)
const denominator = memory.data(BIG_SIZE)

/** The double nearest to w · 10^e. Infinity above the range, 0 below it. */
export function decimalToDouble(w: u64, e: i32): f64 {
  if (w == 0 || e < -345) return 0
  if (e > 310) return Infinity
  if (e == 0) return <f64>w
  const power = abs(e)
  if (w <= 1 << 53 && power <= EXACT_POWER_OF_TEN_MAX) {
    const scale = <f64>powerOfFive(power) * <f64>((<u64>1) << power)
    return e < 0 ? <f64>w / scale : <f64>w * scale
  }
  return e < 0 && power <= POWER_OF_FIVE_MAX ? divide(w, e) : divideBig(w, e)
}

/** w / 5^−e · 2^e by long division: two 32-bit digits of quotient, as in Knuth's algorithm D. */
function divide(w: u64, e: i32): f64 {
  const five = powerOfFive(-e)
  const shift = <i32>clz(w)
  const shiftDivisor = <i32>clz(five)
  const divisor = five << shiftDivisor
  // Half of the normalised w is below the normalised divisor, so the quotient of that · 2^64 has at most 64 bits.
  const dividend = (w << shift) >> 1
  // The bit that halving lost, in its place below; w is odd and full then.
  const next = shift == 0 ? (w & 1) << 31 : 0
  const high = divideStep(dividend, next, divisor)
  const rest = (dividend << 32) + next - high * divisor
  const low = divideStep(rest, 0, divisor)
  const remainder = (rest << 32) - low * divisor
  return roundToDouble((high << 32) + low, e - 63 - shift + shiftDivisor, remainder != 0)
}

/** floor((rest · 2^32 + next) / divisor) for rest < divisor and a divisor with its top bit set; below 2^32. */
function divideStep(rest: u64, next: u64, divisor: u64): u64 {
  const top = divisor >> 32
  const bottom = divisor & 0xffffffff
  let digit = min(rest / top, 0xffffffff)
  // The estimate is at most two too large. Once what it leaves reaches 2^32, it is right.
  for (let left = rest - digit * top; left >> 32 == 0 && digit * bottom > ((left << 32) | next); left += top) digit--
  return digit
}

/** w · 10^e as a ratio of two numbers without their powers of two, one bit of quotient at a time. */
function divideBig(w: u64, e: i32): f64 {
  bigSet(numerator, w)
  bigSet(denominator, 1)
  bigMultiplyByPowerOfFive(e < 0 ? denominator : numerator, abs(e))
  // Bring both to the same length, so that the quotient is between 1/2 and 2.
  const shift = bigBitLength(denominator) - bigBitLength(numerator)
  bigShiftLeft(numerator, max(shift, 0))
  bigShiftLeft(denominator, max(-shift, 0))
  let mantissa: u64 = 0
  for (let i = 0; i < 64; i++) {
    mantissa <<= 1
    if (bigCompare(numerator, denominator) >= 0) {
      bigSubtract(numerator, denominator, 1)
      mantissa |= 1
    }
    bigShiftLeft(numerator, 1)
  }
  return roundToDouble(mantissa, e - shift - 63, load<u32>(numerator) != 0)
}

/** The double nearest to mantissa · 2^e, plus something less than one unit of the mantissa when `sticky`. */
function roundToDouble(mantissa: u64, e: i32, sticky: bool): f64 {
  const shift = <i32>clz(mantissa)
  mantissa <<= shift
  // The value is now mantissa / 2^63 · 2^exponent.
  let exponent = e + 63 - shift
  if (exponent > 1023) return Infinity
  let drop = 11
  if (exponent < -1022) {
    // Subnormal: fewer bits are left.
    drop -= exponent + 1022
    exponent = -1023
    if (drop > 64) return 0
  }
  let kept = drop == 64 ? 0 : mantissa >> drop
  const half = (<u64>1) << (drop - 1)
  const dropped = drop == 64 ? mantissa : mantissa & ((half << 1) - 1)
  if (dropped > half || (dropped == half && (sticky || (kept & 1) != 0))) kept++
  // A normal mantissa brings its hidden bit, which adds one to the exponent field; so does rounding up to the next power.
  const field = <u64>(exponent == -1023 ? 0 : exponent + 1022)
  return reinterpret<f64>((field << 52) + kept)
}

function powerOfFive(power: i32): u64 {
  let result: u64 = 1
  let square: u64 = 5
  for (; power != 0; power >>= 1) {
    if (power & 1) result *= square
    square *= square
  }
  return result
}
