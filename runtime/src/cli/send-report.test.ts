import { expect, test } from 'vitest'
import { formatProgress, formatSummary, formatWriteback } from './send-report.ts'

const done = {
  rowCount: 22_695,
  sentCount: 22_695,
  acknowledgedCount: 22_695,
  refusedCount: 0,
  writebackCount: 3,
  seconds: 0.4,
}

test('the summary counts what happened to the rows', () => {
  expect(formatSummary(done)).toBe('sent 22,695 rows in 0.4 s (57,000 rows/s), all acknowledged; 3 writebacks')
  expect(
    formatSummary({ ...done, acknowledgedCount: 22_000, refusedCount: 695, writebackCount: 1, seconds: 61.4 }),
  ).toBe('sent 22,695 rows in 61 s (370 rows/s), 22,000 acknowledged, 695 refused; 1 writeback')
  expect(formatSummary({ ...done, sentCount: 1000, acknowledgedCount: 1000, writebackCount: 0, seconds: 2 })).toBe(
    'sent 1,000 of 22,695 rows in 2.0 s (500 rows/s), all acknowledged; 0 writebacks',
  )
  expect(formatSummary({ ...done, sentCount: 0, acknowledgedCount: 0, seconds: 0 })).toContain('in 0.0 s (0 rows/s)')
})

test('progress is a bar of one line', () => {
  expect(formatProgress({ ...done, sentCount: 11_400, acknowledgedCount: 10_000 })).toBe(
    '██████████░░░░░░░░░░  50% 11,400 rows 29,000 rows/s 10,000 acknowledged',
  )
  const large = 9_999_999
  expect(
    formatProgress({ ...done, rowCount: large, sentCount: large, acknowledgedCount: large, seconds: 10 }).length,
  ).toBeLessThan(81)
})

test('every writeback is one line, even with line breaks in it', () => {
  expect(formatWriteback('edge-a', 'ALERT: threshold exceeded', 'text', 6)).toBe('edge-a  ALERT: threshold exceeded\n')
  expect(formatWriteback('b', 'two\nlines \u001b[2J', 'text', 6)).toBe('b       two lines \ufffd[2J\n')
  expect(formatWriteback('b', 'two\nlines', 'json', 6)).toBe('{"producer":"b","text":"two\\nlines"}\n')
})
