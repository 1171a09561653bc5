/**
 * Exact arithmetic on expansions (Shewchuk 1997, "Adaptive Precision Floating-Point Arithmetic"): the unevaluated sum of
 * doubles that do not overlap, in ascending magnitude, without zeros. Two or three parts hold data of one scale.
 *
 * Nothing here may overflow: the parts and what is added to them stay below 2^1000 in magnitude.
 */

/** Adds a finite double to an expansion, exactly and in place. */
export function addToExpansion(parts: number[], value: number): void {
  let kept = 0
  let high = value
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index]!
    const sum = high + part
    const virtual = sum - high
    const low = high - (sum - virtual) + (part - virtual)
    if (low !== 0) parts[kept++] = low
    high = sum
  }
  if (high !== 0) parts[kept++] = high
  // Setting the length takes several times as long, even to what it is.
  while (parts.length > kept) parts.pop()
}

/** The double nearest to an expansion, ties to even; 0 for an empty one. */
function roundExpansion(parts: readonly number[]): number {
  let index = parts.length - 1
  if (index < 0) return 0
  let high = parts[index]!
  let low = 0
  while (index > 0) {
    const before = high
    const part = parts[--index]!
    high = before + part
    low = part - (high - before)
    if (low !== 0) break
  }
  // A tie: the next part decides the direction, which `high` alone cannot know.
  if (index > 0) {
    const next = parts[index - 1]!
    if ((low < 0 && next < 0) || (low > 0 && next > 0)) {
      const doubled = low * 2
      const candidate = high + doubled
      if (doubled === candidate - high) high = candidate
    }
  }
  return high
}

/**
 * The double nearest to an expansion divided by `count`, ties to even, never −0: the exact quotient, rounded once.
 *
 * @param count - an integer up to 2^50; the quotient by 0 is NaN for an empty expansion
 */
export function divideExpansion(parts: readonly number[], count: number): number {
  // Of nothing there is no mean: NaN.
  if (count <= 1) return roundExpansion(parts) / count
  // It was rounded twice, so it may be a neighbour of the nearest double.
  const estimate = roundExpansion(parts) / count
  if (count >= 2 ** 25) return nearestQuotient(parts, count, estimate) + 0
  const rest = roughRest(parts, estimate, count)
  // Of up to two parts no rounding makes a rest of zero.
  if (rest === 0 && parts.length <= 2) return estimate + 0
  const neighbour = nextDouble(estimate, rest)
  const gap = Math.abs(neighbour - estimate) * count
  const halves = Math.abs(2 * rest) / gap
  // The rough rest is right to some 2^-25 of the gap. Nearly always, that decides.
  if (rest !== 0 && halves < 1 - roughness) return estimate + 0
  if (halves > 1 + roughness && halves < 3 - roughness) return neighbour + 0
  return nearestQuotient(parts, count, estimate) + 0
}

const roughness = 2 ** -16

/** parts − quotient × count, but for some 2^-79 of the largest part. @param count - below 2^25 */
function roughRest(parts: readonly number[], quotient: number, count: number): number {
  let rest = 0
  for (let index = 0; index < parts.length - 1; index++) rest += parts[index]!
  const high = highHalf(quotient)
  return (parts.at(-1) ?? 0) - high * count - (quotient - high) * count + rest
}

/** Corrects an estimate with exact rests. */
function nearestQuotient(parts: readonly number[], count: number, estimate: number): number {
  let quotient = estimate
  for (;;) {
    const rest = exactRest(parts, quotient, count)
    const direction = Math.sign(rest.at(-1) ?? 0)
    if (direction === 0) return quotient
    const neighbour = nextDouble(quotient, direction)
    // Twice the rest, less the gap to the neighbour: beyond half of the gap, the neighbour is nearer.
    for (let index = 0; index < rest.length; index++) rest[index]! *= 2
    addToExpansion(rest, -(neighbour - quotient) * count)
    const beyondHalf = Math.sign(rest.at(-1) ?? 0) * direction
    if (beyondHalf < 0 || (beyondHalf === 0 && isEven(quotient))) return quotient
    quotient = neighbour
    if (beyondHalf === 0) return quotient
  }
}

/** parts − quotient × count. */
function exactRest(parts: readonly number[], quotient: number, count: number): number[] {
  // Halves of 26 and 27 bits times halves of 25 bits: each product fits into a double.
  const high = highHalf(quotient)
  const low = quotient - high
  const countLow = count % 2 ** 25
  const countHigh = count - countLow
  const rest = [...parts]
  addToExpansion(rest, -high * countHigh)
  addToExpansion(rest, -high * countLow)
  addToExpansion(rest, -low * countHigh)
  addToExpansion(rest, -low * countLow)
  return rest
}

/** The upper 26 bits of a double; what it lacks has 27. */
function highHalf(value: number): number {
  double[0] = value
  words[lowWord]! &= ~0x7ff_ffff
  return double[0]
}

/** The next double above if `direction` is positive, otherwise below. */
function nextDouble(value: number, direction: number): number {
  if (value === 0) return Math.sign(direction) * Number.MIN_VALUE
  double[0] = value
  if (value > 0 === direction > 0) {
    words[lowWord]!++
    if (words[lowWord] === 0) words[1 - lowWord]!++
  } else if (words[lowWord]!-- === 0) {
    words[1 - lowWord]!--
  }
  return double[0]
}

function isEven(value: number): boolean {
  double[0] = value
  return words[lowWord]! % 2 === 0
}

const double = new Float64Array(1)
const words = new Uint32Array(double.buffer)
double[0] = Number.MIN_VALUE
const lowWord = words[0] === 1 ? 0 : 1
