/** What makes a fault of a spec impossible once the input is known. */
import { type Micros, SlungError, suggest } from '@slung/runtime'
import { describeFault } from './describe-fault.ts'
import type { Fault } from './fault.ts'

export function badFault(fault: Fault, problem: string): SlungError {
  return new SlungError('bad-fault', `cannot apply the fault ${describeFault(fault)}: ${problem}`)
}

/**
 * @param what - for messages: `producer`
 * @throws {SlungError} `bad-fault` unless `name` is among those that are known
 */
export function checkName(fault: Fault, what: 'series' | 'producer', name: string, known: readonly string[]): void {
  if (known.includes(name)) return
  const meant = suggest(name, known)
  const hint = meant === null ? '' : `did you mean "${meant}"? `
  const others = known.length > namesMax ? `, and ${known.length - namesMax} more` : ''
  const plural = what === 'series' ? what : `${what}s`
  const found = known.length === 0 ? 'it has none' : `known ${plural}: ${known.slice(0, namesMax).join(', ')}${others}`
  throw badFault(fault, `there is no ${what} "${name}" in the input; ${hint}${found}`)
}

/** @throws {SlungError} `bad-fault` for a number beyond the range of times */
export function checkTime(fault: Fault, time: Micros): Micros {
  if (Number.isSafeInteger(time)) return time
  throw badFault(fault, 'it leads to times beyond the year 2255, expected less')
}

/** As many as a reader takes in. */
const namesMax = 20
