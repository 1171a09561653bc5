/** The verdicts over the real data, compared with a baseline computed here. */
import { replay } from '@slung/harness'
import { http, HttpResponse } from 'msw'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const hour = 3_600_000_000
const csv = new URL('fixtures/ec2-cpu.csv', import.meta.url)
const samples = readFileSync(csv, 'utf8').trim().split('\n').slice(1).map(parseSample)
/** What the Numenta Anomaly Benchmark calls anomalies. */
const labelled = ['2014-02-26T22:05:00Z', '2014-02-27T17:15:00Z']

function parseSample(line: string): { timestamp: number; value: number } {
  const [time = '', value = ''] = line.split(',')
  return { timestamp: Date.parse(`${time}Z`) * 1000, value: Number(value) }
}

function meanBetween(from: number, to: number): number {
  const values = samples.filter(({ timestamp }) => timestamp >= from && timestamp < to).map(({ value }) => value)
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

interface Verdict {
  level: string
  timestamp: number
  value: number
  mean: number
}

/** What the webhook gets over the real data. */
async function verdictsWith(environment: Record<string, string>): Promise<Verdict[]> {
  const verdicts: Verdict[] = []
  await replay('build/anomaly-zscore.wasm', {
    input: { csv: 'fixtures/ec2-cpu.csv', series: 'cpu', tags: ['host=web-1'] },
    environment,
    http: [
      http.post<never, Verdict>('https://hooks.example.com/anomalies', async ({ request }) => {
        verdicts.push(await request.json())
        return HttpResponse.json({ ok: true })
      }),
    ],
  })
  return verdicts
}

test('a verdict has the average of the hour until now, and the mean of the same hour on the seven days before', async () => {
  const verdicts = await verdictsWith({})

  expect(verdicts).toHaveLength(2)
  for (const { timestamp, value, mean } of verdicts) {
    const hourStart = Math.floor(timestamp / hour) * hour
    const before = [1, 2, 3, 4, 5, 6, 7].map((day) => hourStart - day * 24 * hour)
    expect(value).toBeCloseTo(meanBetween(timestamp - hour, timestamp + 1), 9)
    expect(mean).toBeCloseTo(before.reduce((sum, start) => sum + meanBetween(start, start + hour), 0) / 7, 9)
  }
})

test('with a smaller deviation it finds both labelled anomalies, and alerts 22 times more', async () => {
  const verdicts = await verdictsWith({ DEVIATION_MIN_PERCENT: '0.01' })
  const anomalies = verdicts.filter(({ level }) => level === 'anomaly').map(({ timestamp }) => timestamp)

  expect(anomalies).toHaveLength(2 + 22)
  expect(anomalies).toEqual(expect.arrayContaining(labelled.map((time) => Date.parse(time) * 1000)))
})
