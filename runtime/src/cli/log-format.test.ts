import { expect, test } from 'vitest'
import { createLogFormat } from './log-format.ts'

const hostile = '\u001b[2J\u001b]0;owned\u0007\r\nFAKE LOG LINE \u009b31m \u2028 \u202e'
const entry = {
  level: 'error',
  time: '2026-01-01T00:00:00.000Z',
  workflow: 'alert',
  frames: [{ function: hostile, location: hostile }],
  err: { type: 'Error', message: hostile, stack: `Error: ${hostile}\n    at x` },
  detail: hostile,
  msg: `trapped: ${hostile}`,
}

test.each(['text', 'json'] as const)(
  'in %s, no text of a guest or a client forges a line or drives a terminal',
  async (format) => {
    const toLine = await createLogFormat(format, false)
    const printed = toLine(`${JSON.stringify(entry)}\n`)
    // oxlint-disable-next-line no-control-regex -- that is the question
    expect(printed).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e]/)
    // What follows the first line is indented.
    expect(printed.trimEnd().split('\n').slice(1)).toSatisfy((lines: string[]) =>
      lines.every((line) => /^ {4}/.test(line)),
    )
  },
)

test('JSON keeps every character, as an escape', async () => {
  const toLine = await createLogFormat('json', false)
  expect(JSON.parse(toLine(`${JSON.stringify(entry)}\n`))).toEqual(entry)
})

test('for people, a text has a length', async () => {
  const toLine = await createLogFormat('text', false)
  const printed = toLine(`${JSON.stringify({ ...entry, msg: 'x'.repeat(1_000_000) })}\n`)
  expect(printed.length).toBeLessThan(70_000)
  expect(printed).toContain('… (934464 more)')
})

test('for people, a line begins with the time in UTC and the level', async () => {
  const toLine = await createLogFormat('text', false)
  expect(
    toLine(`${JSON.stringify({ ...entry, msg: 'no route', frames: [], err: undefined, detail: undefined })}\n`),
  ).toBe('[2026-01-01T00:00:00.000Z] ERROR: [alert] no route\n')
})
