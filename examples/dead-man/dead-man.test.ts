/** What must hold for all gaps: the silences reported are those in the input. */
import { replay } from '@slung/harness'
import { forAll, series } from '@slung/harness/properties'
import { http, HttpResponse } from 'msw'
import { expect, test } from 'vitest'

interface Report {
  device: string
  state: string
  since: number
}

const patienceMicros = 5 * 60 * 1_000_000
const heartbeats = series.values('heartbeat{device=a}', { every: '1m', for: '2h', min: 0, max: 1 })

test('each gap of more than five minutes is reported, and no other', () =>
  forAll(
    series.gaps(heartbeats, { of: '40%', length: '5m' }),
    async (input) => {
      const reports: Report[] = []
      await replay('build/dead-man.wasm', {
        input,
        tick: '1s',
        until: '+10m',
        http: [
          http.post<never, Report>('https://hooks.example.com/devices', async ({ request }) => {
            reports.push(await request.json())
            return HttpResponse.json({ ok: true })
          }),
        ],
      })

      const times = input.rows.map(({ timestamp }) => timestamp)
      const expected = times.flatMap((time, index) => {
        const silent = { device: 'a', state: 'silent', since: time }
        const next = times[index + 1]
        if (next === undefined) return [silent]
        return next - time > patienceMicros ? [silent, { device: 'a', state: 'back', since: next }] : []
      })
      expect(reports).toEqual(expected)
    },
    { runs: 20 },
  ))
