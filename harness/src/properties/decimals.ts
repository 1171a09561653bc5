/** Decimal digits after the point: fewer are easier to read. */

/** The fewest digits that print the number exactly, at most `decimalsMax`. */
export function decimalsOf(value: number): number {
  let decimals = 0
  while (decimals < decimalsMax && roundTo(value, decimals) !== value) decimals++
  return decimals
}

/** To this many digits after the point. */
export function roundTo(value: number, decimals: number): number {
  return Number(value.toFixed(decimals))
}

/** Digits that distinguish about a thousand numbers within a range. @param spread - its length, above 0 */
export function decimalsWithin(spread: number): number {
  return Math.min(decimalsMax, Math.max(0, 3 - Math.floor(Math.log10(spread))))
}

/**
 * A double near 1 has at most 16 significant ones; smaller numbers have more, and are not simplified to the last one.
 */
const decimalsMax = 20
