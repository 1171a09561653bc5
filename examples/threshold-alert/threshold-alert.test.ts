/** The same workflow tested in TypeScript: for assertions that need code. */
import '@slung/harness/matchers'
import { replay } from '@slung/harness'
import { http, HttpResponse } from 'msw'
import { expect, test } from 'vitest'

const webhook = 'https://hooks.example.com/alerts'

test('the webhook gets the average that crossed the threshold, and when', async () => {
  const bodies: unknown[] = []
  const run = await replay('build/threshold-alert.wasm', {
    input: 'fixtures/hot.csv',
    http: [
      http.post(webhook, async ({ request }) => {
        bodies.push(await request.json())
        return HttpResponse.json({ ok: true })
      }),
    ],
  })

  expect(run).toHaveWrittenBack({ http: `POST ${webhook}`, json: { level: 'high' }, status: 200 })
  expect(run).toHaveWrittenBackTimes(6)
  expect(bodies).toEqual([
    { level: 'high', series: 'temp', value: 100.4, timestamp: Date.parse('2026-01-01T00:00:05Z') * 1000 },
    expect.objectContaining({ level: 'high' }),
  ])
})

test('nothing is sent while the average stays low', async () => {
  const run = await replay('build/threshold-alert.wasm', { input: 'fixtures/cool.csv', http: 'deny' })

  expect(run).toHaveWrittenNothing()
  expect(run.outcome).toBe('drained')
})
