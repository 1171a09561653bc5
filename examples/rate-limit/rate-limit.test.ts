/** The same workflow tested in TypeScript: with a webhook that is down at first, and remembers what it received. */
import { replay } from '@slung/harness'
import { http, HttpResponse } from 'msw'
import { expect, test } from 'vitest'

interface Alert {
  errors: number
  suppressed: number
  timestamp: number
}

const start = Date.parse('2026-01-01T00:00:00Z') * 1000
const minuteMicros = 60 * 1_000_000

test('the period counts from the alert that was taken, not from those that failed', async () => {
  const alerts: Alert[] = []
  const run = await replay('build/rate-limit.wasm', {
    input: { 'errors{service=api}': { every: '1m', values: '1x20' } },
    http: [
      http.post<never, Alert>('https://hooks.example.com/errors', async ({ request }) => {
        alerts.push(await request.json())
        if (alerts.length === 1) return HttpResponse.error()
        return new HttpResponse(null, { status: alerts.length === 2 ? 503 : 200 })
      }),
    ],
  })

  expect(alerts.map(({ timestamp }) => (timestamp - start) / minuteMicros)).toEqual([3, 4, 5, 15])
  expect(alerts.map(({ suppressed }) => suppressed)).toEqual([0, 0, 0, 9])
  expect(run.writebacks.map((entry) => entry.kind === 'http' && entry.status)).toEqual([0, 503, 200, 200])
})
