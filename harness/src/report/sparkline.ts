/** A curve in one line of text. */

/** Values over time, ascending. */
export interface Curve {
  readonly at: readonly number[]
  readonly values: readonly number[]
}

const heights = '▁▂▃▄▅▆▇█'

/**
 * Draws the curve over the span from `from` to `to` in `width` characters. Each shows the value of its stretch of time
 * that is farthest from the mean of all, so that no spike gets lost; a stretch without values repeats the one before.
 */
export function sparkline({ at, values }: Curve, from: number, to: number, width: number): string {
  const mean = values.reduce((sum, value) => sum + value / values.length, 0)
  const lowest = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const highest = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
  const shown: (number | undefined)[] = Array.from({ length: width })
  for (const [index, time] of at.entries()) {
    const cell = cellOf(time, from, to, width)
    const value = values[index]!
    const known = shown[cell]
    if (known === undefined || Math.abs(value - mean) > Math.abs(known - mean)) shown[cell] = value
  }
  let text = ''
  let last: number | undefined
  for (const value of shown) {
    last = value ?? last
    text += last === undefined ? ' ' : heightOf(last, lowest, highest)
  }
  return text
}

/** A line below a sparkline that marks times: `symbol` where there is one, blanks elsewhere; no blanks at the end. */
export function markTimes(times: readonly number[], symbol: string, from: number, to: number, width: number): string {
  const cells = Array.from({ length: width }, () => ' ')
  for (const time of times) cells[cellOf(time, from, to, width)] = symbol
  return cells.join('').trimEnd()
}

function cellOf(time: number, from: number, to: number, width: number): number {
  if (to <= from) return 0
  return Math.min(width - 1, Math.max(0, Math.floor(((time - from) / (to - from)) * width)))
}

function heightOf(value: number, lowest: number, highest: number): string {
  if (highest === lowest) return heights[3]!
  // The distance between two doubles may exceed the largest double; half of it cannot, but half of the smallest one is
  // 0.
  const scale = Number.isFinite(highest - lowest) ? 1 : 0.5
  const part = (value * scale - lowest * scale) / (highest * scale - lowest * scale)
  return heights[Math.round(part * (heights.length - 1))]!
}
