/** What the store holds in the end, compared with averages computed here. */
import { replay } from '@slung/harness'
import { expect, test } from 'vitest'

const minute = 60_000_000
const hour = 60 * minute
const start = Date.parse('2026-01-01T00:00:00Z') * 1000

/** Twelve hours of two sensors. Most rows arrive late, some by more than an hour, and so out of order. */
const rows = Array.from({ length: 240 }, (_, index) => {
  const timestamp = start + Math.floor(index / 2) * 6 * minute
  const arrives = timestamp + ((index * 37) % 100) * minute
  return { timestamp, arrives, series: 'temp', value: (index * 13) % 50, tags: [`sensor=${index % 2}`] }
})

/** What the store holds after the run: for each sensor and hour, the value written last. */
async function hourlyAverages(input: typeof rows): Promise<Map<string, number>> {
  const run = await replay('build/downsample.wasm', { input: { rows: input } })
  const stored = new Map<string, number>()
  for (const entry of run.writebacks) {
    if (entry.kind === 'event') stored.set(`${entry.tags.join()} ${entry.timestamp}`, entry.value)
  }
  return stored
}

test('however late samples come, every finished hour ends up with the average of all of its samples', async () => {
  const stored = await hourlyAverages(rows)

  expect(stored.size).toBe(2 * 11)
  for (const [key, value] of stored) {
    const [tag = '', hourStart = ''] = key.split(' ')
    const inHour = rows.filter((row) => row.tags[0] === tag && Math.floor(row.timestamp / hour) * hour === +hourStart)
    expect(value).toBeCloseTo(inHour.reduce((sum, row) => sum + row.value, 0) / inHour.length)
  }
})

test('sending the whole feed again a day later leaves the same averages', async () => {
  const again = rows.map((row) => ({ ...row, arrives: row.arrives + 24 * hour }))

  const once = await hourlyAverages(rows)
  const twice = await hourlyAverages([...rows, ...again])

  expect(Object.fromEntries(twice)).toMatchObject(Object.fromEntries(once))
})
