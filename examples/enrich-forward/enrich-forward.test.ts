/** What the service has in the end, after outages of several kinds. */
import '@slung/harness/matchers'
import { replay } from '@slung/harness'
import { http, HttpResponse } from 'msw'
import { expect, test } from 'vitest'

const url = 'https://ingest.example.com/meters/:meter/readings/:timestamp'

test('an outage longer than the queue costs the oldest readings, and the others arrive in order', async () => {
  const kilowatts: number[] = []
  let requests = 0
  const run = await replay('build/enrich-forward.wasm', {
    input: { 'power{meter=m-17}': { every: '1s', values: '0+1000x149' } },
    http: [
      http.put<never, { kilowatts: number }>(url, async ({ request }) => {
        requests++
        if (requests <= 120) return new HttpResponse(null, { status: 503 })
        kilowatts.push((await request.json()).kilowatts)
        return HttpResponse.json({ ok: true })
      }),
    ],
  })

  // Counting the 121st reading, the first that is not refused, a hundred are waiting: 21 to 120.
  expect(kilowatts).toEqual(Array.from({ length: 129 }, (_, index) => 21 + index))
  expect(run.logs.filter((line) => line.text.includes('too many are waiting'))).toHaveLength(21)
})

test('a reading that was stored although its answer got lost is stored once', async () => {
  const stored = new Map<string, unknown>()
  let requests = 0
  const run = await replay('build/enrich-forward.wasm', {
    input: 'fixtures/power.csv',
    http: [
      http.put(url, async ({ request }) => {
        stored.set(request.url, await request.json())
        requests++
        return requests === 1 ? HttpResponse.error() : HttpResponse.json({ ok: true })
      }),
    ],
  })

  expect(run).toHaveWrittenBackTimes(5)
  expect([...stored.values()]).toMatchObject([
    { kilowatts: 1.234 },
    { kilowatts: 0.5 },
    { kilowatts: 0 },
    { kilowatts: -0.98 },
  ])
})
