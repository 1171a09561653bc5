/** Counts what is covered, as parts of a whole. */
import type { GuestCoverage } from './coverage.ts'

export interface Part {
  readonly reached: number
  readonly total: number
}

export interface Totals {
  readonly functions: Part
  /** 0 of 0 when there is no source map. */
  readonly lines: Part
  /** Ways out of branches; 0 of 0 when there is no source map. */
  readonly branches: Part
}

export function totalsOf(guests: readonly GuestCoverage[]): Totals {
  return {
    functions: partOf(guests.flatMap(({ functions }) => functions)),
    lines: partOf(guests.flatMap(({ lines }) => lines ?? [])),
    branches: partOf(guests.flatMap(({ branches }) => branches.flatMap(({ ways }) => ways.map((hits) => ({ hits }))))),
  }
}

/** In percent; 100 when there is nothing to reach. */
export function percentOf({ reached, total }: Part): number {
  return total === 0 ? 100 : (reached / total) * 100
}

/** @example formatPart({ reached: 5, total: 6 }) // "5/6  83.3 %" */
export function formatPart(part: Part): string {
  return `${part.reached}/${part.total}  ${formatPercent(percentOf(part))}`
}

/** Rounded down: only what is complete is 100.0 %. */
export function formatPercent(percent: number): string {
  return `${(Math.floor(percent * 10) / 10).toFixed(1)} %`
}

function partOf(counted: readonly { readonly hits: number }[]): Part {
  return { reached: counted.filter(({ hits }) => hits > 0).length, total: counted.length }
}
