import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SlungError } from '../../engine/model/slung-error.ts'
import { IngestReport, type LineError } from './body-reader.ts'
import { reportReason, reportRevocation } from './report-refusal.ts'

test('law: a report is the same whether a line is refused when it is read or when it is stored', () => {
  const lines = fc.array(fc.constantFrom('stored', 'misread', 'refused'), { maxLength: 300, size: 'max' })
  fc.assert(
    fc.property(lines, fc.integer({ min: 1, max: 50 }), (fates, linesPerChunk) => {
      const report = new IngestReport()
      const expected: LineError[] = []
      for (let start = 0; start < fates.length; start += linesPerChunk) {
        const chunk = [...fates.entries()].slice(start, start + linesPerChunk)
        for (const [line, fate] of chunk) {
          if (fate === 'misread') reportReason(report, line, fate)
          else report.accepted++
        }
        for (const [line, fate] of chunk) {
          if (fate === 'refused') reportRevocation(report, line, new SlungError('store-corrupt', fate))
          if (fate !== 'stored') expected.push({ line, reason: fate })
        }
      }

      expect(report.errors).toEqual(expected.slice(0, IngestReport.errorsMax))
      expect(report.rejected).toBe(expected.length)
      expect(report.accepted).toBe(fates.length - expected.length)
    }),
  )
})

test('a reason fits on one line, wherever it comes from', () => {
  const report = new IngestReport()
  report.accepted = 1

  reportReason(report, 1, 'one\ntwo')
  reportRevocation(report, 2, new SlungError('store-corrupt', `three\n${'4'.repeat(1000)}`))

  const [misread, revoked] = report.errors.map(({ reason }) => reason)
  expect(misread).not.toContain('\n')
  expect(revoked).not.toContain('\n')
  expect(revoked!.length).toBeLessThan(500)
})
