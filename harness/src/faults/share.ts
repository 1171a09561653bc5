/** How likely something is: `5%`, or a number from 0 to 1. */
import { found } from '../spec/fields.ts'
import type { Located, Report } from '../spec/located.ts'
import type { Share } from './fault.ts'

/** @param what - for messages: `"drop" of a fault` */
export function readShare(located: Located, what: string, report: Report): Share | null {
  const value = located.kind === 'scalar' ? located.value : null
  const percent = typeof value === 'string' ? /^\s*(\d+\.?\d*|\.\d+)\s*%\s*$/.exec(value)?.[1] : undefined
  const share = percent === undefined ? value : Number(percent) / 100
  if (typeof share === 'number' && share >= 0 && share <= 1) return share
  report(located, `${what} is ${found(located)}, expected a share of the rows: 0% to 100%, or a number from 0 to 1`)
  return null
}

/** @example formatShare(0.07) // "7%" */
export function formatShare(share: Share): string {
  // In binary, a hundred times 0.07 is not quite 7. The percentage that reads back as this share is looked for.
  const percent = share * 100
  for (let digits = 15; digits < 17; digits++) {
    const text = `${Number(percent.toPrecision(digits))}%`
    if (Number(text.slice(0, -1)) / 100 === share && !text.includes('e')) return text
  }
  return String(share)
}
