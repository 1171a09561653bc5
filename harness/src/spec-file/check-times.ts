/** Refuses times of a test that are decades away from its input: they are mistakes, and could not be met. */
import { SlungError, type Micros } from '@slung/runtime'
import { farTimeProblem, type Arrivals } from '../run/far-time.ts'
import type { SpecTest } from './spec.ts'

/**
 * Looks at the times of expectations and checks; a replay looks at those of the test itself.
 *
 * @param arrivals - `null` without rows
 * @throws {SlungError} `far-time`
 */
export function checkTimes({ expectations, checks }: SpecTest, arrivals: Arrivals | null): void {
  if (arrivals === null) return
  const refuse = (what: string, line: number, time: Micros): void => {
    const problem = farTimeProblem(time, arrivals)
    if (problem !== null)
      throw new SlungError('far-time', `cannot run the test: "at" of ${what} on line ${line} is ${problem}`)
  }
  for (const { writeback, line } of expectations ?? []) {
    if (typeof writeback.at === 'number') refuse('the expectation', line, writeback.at)
  }
  for (const { at, line } of checks) if ('at' in at) refuse('the check', line, at.at)
}
