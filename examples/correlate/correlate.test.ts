/** What must hold for all streams, however they rise, fall and break off. */
import { replay } from '@slung/harness'
import { forAll, series } from '@slung/harness/properties'
import { http, HttpResponse } from 'msw'
import { expect, test } from 'vitest'

const flow = series.walk('flow{pump=7}', { every: '20s', for: '30m', min: 0, max: 10, step: 3 })
const power = series.walk('power{pump=7}', { every: '15s', for: '30m', min: 700, max: 900, step: 60 })

test('reports blocked and running in turn, in samples and to the webhook alike', async () => {
  let count = 0
  await forAll(
    series.merge(series.gaps(flow, { of: '20%', length: '3m' }), series.gaps(power, { of: '20%', length: '3m' })),
    async (input) => {
      const told: string[] = []
      const run = await replay('build/correlate.wasm', {
        input,
        http: [
          http.post<never, { state: string }>('https://hooks.example.com/pumps', async ({ request }) => {
            told.push((await request.json()).state)
            return HttpResponse.json({ ok: true })
          }),
        ],
      })
      const stored = run.writebacks.flatMap((entry) => (entry.kind === 'event' ? entry.value : []))

      count += told.length
      expect(told).toEqual(told.map((_, index) => (index % 2 === 0 ? 'blocked' : 'running')))
      expect(stored).toEqual(told.map((state) => (state === 'blocked' ? 1 : 0)))
    },
    { runs: 20 },
  )
  expect(count).toBeGreaterThan(0)
})
