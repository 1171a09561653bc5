/** `expect(run).toHaveTrapped(…)`: the guest trapped, with a message like this. */
import { result, toRun, type MatcherResult } from './matcher-result.ts'

export function toHaveTrapped(received: unknown, message: string | RegExp = ''): MatcherResult {
  const run = toRun(received)
  const text = run.trap?.message
  const pass = text !== undefined && (typeof message === 'string' ? text.includes(message) : message.test(text))
  return result(pass, run, () => [
    `expected the workflow ${pass ? 'not ' : ''}to trap${message === '' ? '' : ` with ${String(message)}`}`,
  ])
}
