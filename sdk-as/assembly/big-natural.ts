/**
 * Natural numbers of any size up to 1,280 bits, in static memory: the exact arithmetic behind reading and printing
 * doubles with unusual exponents (`number-parse.ts`, `number-format.ts`).
 *
 * A number is the address of `[limbCount: u32][limb: u32]…`, least significant limb first, no leading zero limbs; zero has no limbs.
 * The widest value needed is 2^53 · 10^324 · 10 (1,133 bits), while printing the smallest double.
 */

/** Bytes to reserve for one number: the count and 40 limbs. */
export const BIG_SIZE: i32 = 164

// 5^13, the largest power of five below 2^32.
const FIVE_TO_13: u32 = 1220703125

export function bigSet(n: usize, value: u64): void {
  store<u64>(n, value, 4)
  store<u32>(n, value >> 32 != 0 ? 2 : i32(value != 0))
}

export function bigCopy(target: usize, source: usize): void {
  memory.copy(target, source, BIG_SIZE)
}

/** n = n · factor */
export function bigMultiply(n: usize, factor: u32): void {
  const end = n + ((<usize>load<u32>(n)) << 2)
  let carry: u64 = 0
  for (let at = n; at < end; at += 4) {
    carry += <u64>load<u32>(at, 4) * factor
    store<u32>(at, <u32>carry, 4)
    carry >>= 32
  }
  if (carry != 0) {
    store<u32>(end, <u32>carry, 4)
    store<u32>(n, load<u32>(n) + 1)
  }
}

/** n = n · 5^power */
export function bigMultiplyByPowerOfFive(n: usize, power: i32): void {
  for (; power >= 13; power -= 13) bigMultiply(n, FIVE_TO_13)
  let factor: u32 = 1
  for (; power > 0; power--) factor *= 5
  bigMultiply(n, factor)
}

/** n = n · 2^bits */
export function bigShiftLeft(n: usize, bits: i32): void {
  const count = load<u32>(n)
  if (count == 0) return
  const whole = bits & ~31
  if (whole != 0) {
    const shift = (<usize>whole) >> 3
    memory.copy(n + 4 + shift, n + 4, (<usize>count) << 2)
    memory.fill(n + 4, 0, shift)
    store<u32>(n, count + (whole >> 5))
  }
  bigMultiply(n, 1 << (bits & 31))
}

/** Negative, 0 or positive as a < b, a = b, a > b. */
export function bigCompare(a: usize, b: usize): i32 {
  const count = load<u32>(a)
  const difference = <i32>(count - load<u32>(b))
  if (difference != 0) return difference
  for (let offset = (<usize>count) << 2; offset != 0; offset -= 4) {
    const x = load<u32>(a + offset)
    const y = load<u32>(b + offset)
    if (x != y) return x < y ? -1 : 1
  }
  return 0
}

/** a = a + b */
export function bigAdd(a: usize, b: usize): void {
  const count = max(load<u32>(a), load<u32>(b))
  let carry: u64 = 0
  for (let i: u32 = 0; i < count; i++) {
    const offset = (<usize>i) << 2
    carry += limb(a, i)
    carry += limb(b, i)
    store<u32>(a + offset, <u32>carry, 4)
    carry >>= 32
  }
  store<u32>(a, count)
  if (carry != 0) {
    store<u32>(a + ((<usize>count) << 2), <u32>carry, 4)
    store<u32>(a, count + 1)
  }
}

/** a = a − b · factor, which must not be negative. */
export function bigSubtract(a: usize, b: usize, factor: u32): void {
  const count = load<u32>(a)
  let borrow: u64 = 0
  for (let i: u32 = 0; i < count; i++) {
    const offset = (<usize>i) << 2
    borrow += <u64>limb(b, i) * factor
    const x = load<u32>(a + offset, 4)
    store<u32>(a + offset, x - <u32>borrow, 4)
    borrow = (borrow >> 32) + u64(x < <u32>borrow)
  }
  trim(a, count)
}

/** How many bits the number has; 0 for zero. */
export function bigBitLength(n: usize): i32 {
  const count = load<u32>(n)
  return count == 0 ? 0 : <i32>(count << 5) - <i32>clz<u32>(load<u32>(n + ((<usize>count) << 2)))
}

/** Limb `i`, or 0 above the top. */
export function limb(n: usize, i: u32): u32 {
  return i < load<u32>(n) ? load<u32>(n + ((<usize>i) << 2), 4) : 0
}

function trim(n: usize, count: u32): void {
  while (count != 0 && load<u32>(n + ((<usize>count) << 2)) == 0) count--
  store<u32>(n, count)
}
