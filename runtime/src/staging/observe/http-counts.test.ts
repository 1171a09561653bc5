import { expect, test } from 'vitest'
import { HttpCounts } from './http-counts.ts'

test('requests are counted by workflow, host and kind of status', () => {
  const counts = new HttpCounts()
  for (const status of [200, 204, 503, 0]) counts.note('alert', { url: 'https://hooks.example.com:8443/a?…', status })
  counts.note('mean', { url: 'https://hooks.example.com:8443/b', status: 200 })
  counts.note('mean', { url: 'no address', status: 0 })
  const host = 'hooks.example.com:8443'
  expect([...counts]).toEqual([
    { workflow: 'alert', host, status: '2xx', count: 2 },
    { workflow: 'alert', host, status: '5xx', count: 1 },
    { workflow: 'alert', host, status: 'none', count: 1 },
    { workflow: 'mean', host, status: '2xx', count: 1 },
    { workflow: 'mean', host: 'other', status: 'none', count: 1 },
  ])
})

test('a workflow that invents hosts gets a bounded number of counts, and takes none from others', () => {
  const counts = new HttpCounts()
  for (let index = 0; index < 1000; index++) counts.note('wild', { url: `http://${index}.example.com/`, status: 0 })
  counts.note('alert', { url: 'http://hooks.example.com/', status: 200 })
  const all = [...counts]
  expect(all).toHaveLength(22)
  expect(all).toContainEqual({ workflow: 'wild', host: 'other', status: 'none', count: 980 })
  expect(all).toContainEqual({ workflow: 'alert', host: 'hooks.example.com', status: '2xx', count: 1 })
})
