import { expect, test } from 'vitest'
import { readGuestLine } from './guest-line.ts'

test.each([
  ['stdout', 'debug: tick', 'debug', 'tick'],
  ['stdout', 'started', 'info', 'started'],
  ['stderr', 'warn: no data for 5 minutes', 'warn', 'no data for 5 minutes'],
  ['stderr', 'error: the hook answered 500', 'error', 'the hook answered 500'],
  // Not from the log of an SDK: what the stream says.
  ['stdout', 'error: of something else', 'info', 'error: of something else'],
  ['stderr', 'debug: of something else', 'warn', 'debug: of something else'],
  ['stderr', 'errors: 3', 'warn', 'errors: 3'],
  ['host', 'error: u_query_live', 'warn', 'error: u_query_live'],
] as const)('on %s, "%s" is of the level %s', (stream, line, level, text) => {
  expect(readGuestLine(stream, line)).toEqual({ level, text })
})
