/**
 * Double to text, exactly as JavaScript's `String(number)` prints it: the fewest digits that read back as the same
 * double, and of those the nearest. (AssemblyScript's own `toString` prints `1.0` for 1 and is not always shortest.)
 *
 * Decimals of up to 15 digits are found by trying: a product that divides back to the same double is the answer.
 * Everything else goes through the free-format algorithm of Steele & White and Dragon4 over `big-natural.ts`.
 */
import {
  BIG_SIZE,
  bigAdd,
  bigBitLength,
  bigCompare,
  bigCopy,
  bigMultiply,
  bigMultiplyByPowerOfFive,
  bigSet,
  bigShiftLeft,
  bigSubtract,
  limb,
} from './big-natural'
import { decodeText } from './utf8'

// At most 17 digits, 21 zeros or places before a point, a sign and an exponent: 26 characters, and room to work in.
const text = memory.data(64)
const digits = memory.data(32)

const remainder = memory.data(BIG_SIZE)
const scale = memory.data(BIG_SIZE)
const below = memory.data(BIG_SIZE)
const above = memory.data(BIG_SIZE)
const sum = memory.data(BIG_SIZE)

// The value being printed is 0.DIGITS · 10^point.
let digitCount: i32 = 0
let point: i32 = 0

/** `value` as JavaScript prints it: `1`, `41.2`, `1e+21`, `NaN`. */
export function formatNumber(value: f64): string {
  if (isNaN(value)) return 'NaN'
  if (value == 0) return '0'
  let end = text
  if (value < 0) {
    store<u8>(end++, CODE_MINUS)
    value = -value
  }
  if (value == Infinity) return end == text ? 'Infinity' : '-Infinity'
  if (!findShortDecimal(value)) findShortestDigits(value)
  end = layOut(end)
  return decodeText(text, end - text)
}

const CODE_0: u8 = 48
const CODE_MINUS: u8 = 45
const CODE_PLUS: u8 = 43
const CODE_POINT: u8 = 46
const CODE_E: u8 = 101

/**
 * Tries m / 10^places for few places and m below 10^15. Decimals of 15 digits or fewer are all different doubles, so
 * the first that divides back is the shortest there is.
 */
function findShortDecimal(value: f64): bool {
  let power: f64 = 1
  for (let places = 0; places <= 15; places++) {
    const m = nearest(value * power)
    if (m >= 1e15) return false
    if (m / power == value) {
      writeDigits(<u64>m, places)
      return true
    }
    power *= 10
  }
  return false
}

/** Sets the digits of m / 10^places, without the zeros at the end of m. */
function writeDigits(m: u64, places: i32): void {
  let count = 0
  for (let rest = m; rest != 0; rest /= 10) count++
  for (let at = digits + count; at > digits; m /= 10) store<u8>(--at, <u8>(m % 10) + CODE_0)
  point = count - places
  while (load<u8>(digits + count - 1) == CODE_0) count--
  digitCount = count
}

/**
 * Generates digits until the rest lies within half the gap to the neighbouring doubles.
 *
 * value = remainder / scale · 10^point; `below` and `above` are those half gaps in the same unit.
 */
function findShortestDigits(value: f64): void {
  const bits = reinterpret<u64>(value)
  const field = <i32>(bits >> 52)
  const fraction = bits & 0xfffffffffffff
  const mantissa = field == 0 ? fraction : fraction | (1 << 52)
  const exponent = max(field, 1) - 1075
  // A double that is even wins ties, so the ends of its interval belong to it.
  const even = i32((mantissa & 1) == 0)
  // Below a power of two the gap is half as wide.
  const narrow = fraction == 0 && field > 1
  const unit = narrow ? 2 : 1

  // log10(2) · (binary length − 1), rounded up a little late: never too large, at most one too small.
  const length = exponent + 63 - <i32>clz(mantissa)
  point = <i32>ceil(<f64>length * 0.30102999566398114 - 1e-10)

  bigSet(remainder, mantissa)
  bigSet(below, 1)
  bigSet(above, unit)
  bigSet(scale, 1)
  bigShiftLeft(remainder, unit + max(exponent, 0))
  bigShiftLeft(below, max(exponent, 0))
  bigShiftLeft(above, max(exponent, 0))
  bigShiftLeft(scale, unit + max(-exponent, 0))
  if (point >= 0) {
    multiplyByPowerOfTen(scale, point)
  } else {
    multiplyByPowerOfTen(remainder, -point)
    multiplyByPowerOfTen(below, -point)
    multiplyByPowerOfTen(above, -point)
  }

  if (compareSum(remainder, above, scale) >= 1 - even) {
    point++
  } else {
    multiplyAll()
  }
  // A top limb of 28 bits makes the estimate in `nextDigit` at most one too small.
  const align = (28 - bigBitLength(scale)) & 31
  bigShiftLeft(scale, align)
  bigShiftLeft(remainder, align)
  bigShiftLeft(below, align)
  bigShiftLeft(above, align)

  digitCount = 0
  while (true) {
    let digit = nextDigit()
    const low = bigCompare(remainder, below) < even
    const high = compareSum(remainder, above, scale) > -even
    if (low || high) {
      // Both ends are in reach: take the nearer one, and the even one on a tie.
      if (high && (!low || compareSum(remainder, remainder, scale) > -i32(digit & 1))) digit++
      store<u8>(digits + digitCount++, digit + CODE_0)
      return
    }
    store<u8>(digits + digitCount++, digit + CODE_0)
    multiplyAll()
  }
}

/** Takes floor(remainder / scale) off the remainder: one decimal digit. */
function nextDigit(): u8 {
  const top = load<u32>(scale) - 1
  let digit = limb(remainder, top) / (limb(scale, top) + 1)
  if (digit != 0) bigSubtract(remainder, scale, digit)
  if (bigCompare(remainder, scale) >= 0) {
    bigSubtract(remainder, scale, 1)
    digit++
  }
  return <u8>digit
}

function multiplyAll(): void {
  bigMultiply(remainder, 10)
  bigMultiply(below, 10)
  bigMultiply(above, 10)
}

function multiplyByPowerOfTen(n: usize, power: i32): void {
  bigMultiplyByPowerOfFive(n, power)
  bigShiftLeft(n, power)
}

/** Compares a + b with c. */
function compareSum(a: usize, b: usize, c: usize): i32 {
  bigCopy(sum, a)
  bigAdd(sum, b)
  return bigCompare(sum, c)
}

/** Lays out the digits by the rules of ECMAScript `Number::toString`. Returns the end of the text. */
function layOut(end: usize): usize {
  if (point > 21 || point <= -6) {
    end = copyDigits(end, 0, 1)
    if (digitCount > 1) {
      store<u8>(end, CODE_POINT)
      end = copyDigits(end + 1, 1, digitCount)
    }
    store<u8>(end, CODE_E)
    const exponent = point - 1
    store<u8>(end, exponent < 0 ? CODE_MINUS : CODE_PLUS, 1)
    writeDigits(abs(exponent), 0)
    return copyDigits(end + 2, 0, point)
  }
  if (point <= 0) {
    store<u8>(end, CODE_0)
    store<u8>(end, CODE_POINT, 1)
    memory.fill(end + 2, CODE_0, -point)
    return copyDigits(end + 2 - point, 0, digitCount)
  }
  if (point >= digitCount) {
    end = copyDigits(end, 0, digitCount)
    memory.fill(end, CODE_0, point - digitCount)
    return end + (point - digitCount)
  }
  end = copyDigits(end, 0, point)
  store<u8>(end, CODE_POINT)
  return copyDigits(end + 1, point, digitCount)
}

function copyDigits(target: usize, from: i32, to: i32): usize {
  memory.copy(target, digits + from, to - from)
  return target + (to - from)
}
