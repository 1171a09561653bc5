/**
 * Acceptance: a real record, through a rolling window, to asserted writebacks.
 *
 * The record is "machine_temperature_system_failure" of the Numenta Anomaly Benchmark (MIT): a machine that failed on
 * 2014-02-08, at 5-minute intervals, with an hour that occurs twice.
 */
import { http, HttpResponse } from 'msw'
import { expect, test } from 'vitest'
import { replay } from '../src/index.ts'
import { guestUrl } from './build-guests.ts'

const record = new URL('records/machine-temperature.csv', import.meta.url)

test('a rolling average finds the failure in the machine temperature record, and nothing in a quiet week', async () => {
  const incidents: { state: string }[] = []
  const run = await replay(guestUrl('machine-watch'), {
    input: { csv: record, series: 'temperature', tags: ['machine=1'] },
    http: [
      http.post<never, { state: string }>('https://maintenance.example.com/incidents', async ({ request }) => {
        incidents.push(await request.json())
        return HttpResponse.json({ ok: true })
      }),
    ],
  })
  const between = (from: string, to: string) =>
    run.writebacks
      .filter(({ at }) => at >= Date.parse(from) * 1000 && at < Date.parse(to) * 1000)
      .map((writeback) => (writeback.kind === 'http' ? JSON.parse(writeback.body) : writeback))

  expect(run).toMatchObject({ outcome: 'drained', rows: 22_695, rowsTotal: 22_695, unanswered: [] })
  // The hour that occurs twice arrives in the order of the file: late, but inside the window.
  expect(run).toMatchObject({ delivered: 22_695, late: 0 })
  expect(between('2014-02-07T00:00:00Z', '2014-02-09T00:00:00Z')).toEqual([
    { state: 'failing', average: expect.closeTo(55, 0) },
  ])
  expect(between('2014-02-09T00:00:00Z', '2014-02-10T00:00:00Z')).toEqual([
    { state: 'recovered', average: expect.closeTo(60, 0) },
  ])
  expect(between('2014-01-17T00:00:00Z', '2014-01-24T00:00:00Z')).toEqual([])
  expect(incidents.map(({ state }) => state)).toEqual(
    run.writebacks.map((_, index) => ['failing', 'recovered'][index % 2]),
  )
})
