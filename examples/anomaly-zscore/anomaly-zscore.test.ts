/** The verdicts over the real data, compared with a baseline computed here. */
import { replay } from '@slung/harness'
import { http, HttpResponse } from 'msw'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const hour = 3_600_000_000
const csv = new URL('fixtures/ec2-cpu.csv', import.meta.url)
const samples = readFileSync(csv, 'utf8').trim().split('\n').slice(1).map(parseSample)

function parseSample(line: string): { timestamp: number; value: number } {
  const [time = '', value = ''] = line.split(',')
  return { timestamp: Date.parse(`${time}Z`) * 1000, value: Number(value) }
}

function meanBetween(from: number, to: number): number {
  const values = samples.filter(({ timestamp }) => timestamp >= from && timestamp < to).map(({ value }) => value)
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

test('a verdict has the average of the hour until now, and the mean of the same hour on the seven days before', async () => {
  const verdicts: { timestamp: number; value: number; mean: number }[] = []
  await replay('build/anomaly-zscore.wasm', {
    input: { csv: 'fixtures/ec2-cpu.csv', series: 'cpu', tags: ['host=web-1'] },
    http: [
      http.post<never, (typeof verdicts)[number]>('https://hooks.example.com/anomalies', async ({ request }) => {
        verdicts.push(await request.json())
        return HttpResponse.json({ ok: true })
      }),
    ],
  })

  expect(verdicts).toHaveLength(2)
  for (const { timestamp, value, mean } of verdicts) {
    const hourStart = Math.floor(timestamp / hour) * hour
    const before = [1, 2, 3, 4, 5, 6, 7].map((day) => hourStart - day * 24 * hour)
    expect(value).toBeCloseTo(meanBetween(timestamp - hour, timestamp + 1), 9)
    expect(mean).toBeCloseTo(before.reduce((sum, start) => sum + meanBetween(start, start + hour), 0) / 7, 9)
  }
})
