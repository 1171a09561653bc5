import type { EventWriteback, HttpWriteback, WsWriteback } from '@slung/runtime'
import { expect, test } from 'vitest'
import { matchesWriteback, type ExpectedWriteback } from './expected-writeback.ts'

const second = 1_000_000
const producers = new Map([[1, 'edge-a']])

const post: HttpWriteback = {
  kind: 'http',
  at: 7 * second,
  method: 'POST',
  url: 'https://hooks.example.com/alerts',
  body: '{"level":"high","value":101.5}',
  status: 200,
}
const frame: WsWriteback = { kind: 'ws', at: 7 * second, producer: 1, text: 'ALERT' }
const sample: EventWriteback = {
  kind: 'event',
  at: 7 * second,
  timestamp: 6 * second,
  series: 'temp_hourly',
  value: 41.2,
  tags: ['host=a', 'sensor=1'],
}

/** The differences, each as one line. */
function differ(expected: ExpectedWriteback, actual: HttpWriteback | WsWriteback | EventWriteback): string[] {
  return matchesWriteback(expected, actual, producers).map((difference) =>
    [difference.path, JSON.stringify(difference.expected), JSON.stringify(difference.actual), difference.note].join(
      ' | ',
    ),
  )
}

test('headers are compared by name in any letter case, and each must be there', () => {
  const sent = { ...post, headers: { authorization: 'Bearer test', 'x-team': 'plant' } }
  const http = 'POST https://hooks.example.com/alerts'
  expect(differ({ http, headers: { Authorization: 'Bearer test', 'x-team': '</^pl/>' } }, sent)).toEqual([])
  expect(differ({ http, headers: { authorization: 'Bearer other', 'X-Room': '<any>' } }, sent)).toEqual([
    'headers.authorization | "Bearer other" | "Bearer test" | ',
    'headers.X-Room | "<any>" |  | the request has no such header',
  ])
  expect(differ({ http, headers: { authorization: '<any>' } }, post)).toHaveLength(1)
})

test('an HTTP writeback is compared in what was stated about it', () => {
  expect(differ({ http: 'POST https://hooks.example.com/alerts' }, post)).toEqual([])
  expect(
    differ(
      {
        http: 'POST https://hooks.example.com/alerts',
        json: { value: '<101.5 ±0.1>' },
        text: '</"high"/>',
        status: 200,
        at: '1970-01-01T00:00:07Z',
      },
      post,
    ),
  ).toEqual([])
  expect(
    differ(
      { http: 'PUT https://hooks.example.com/alert', json: { level: 'low' }, exact: true, status: 503, at: 6 * second },
      post,
    ),
  ).toMatchInlineSnapshot(`
    [
      "http | "PUT https://hooks.example.com/alert" | "POST https://hooks.example.com/alerts" | ",
      "json.level | "low" | "high" | ",
      "json.value |  | 101.5 | ",
      "status | 503 | 200 | ",
      "at | 6000000 | 7000000 | 1s late",
    ]
  `)
})

test('a URL may be a placeholder, and so may the whole request', () => {
  expect(differ({ http: 'POST </alerts$/>' }, post)).toEqual([])
  expect(differ({ http: '<any>' }, post)).toEqual([])
  expect(differ({ http: 'POST </calm$/>' }, post)).toHaveLength(1)
  expect(differ({ http: 'GET <any>' }, post)).toHaveLength(1)
})

test('asymmetric matchers may stand for what a writeback is about and for what it says', () => {
  expect(
    differ({ http: expect.stringContaining('/alerts') as string, text: expect.any(String) as string }, post),
  ).toEqual([])
  expect(differ({ ws: expect.stringMatching(/^edge/) as string }, frame)).toEqual([])
})

test('a body that is not JSON differs from any JSON', () => {
  expect(differ({ ws: 'edge-a', json: { level: 'high' } }, frame)).toMatchInlineSnapshot(`
    [
      "json | {"level":"high"} | "ALERT" | this is not JSON",
    ]
  `)
})

test('a producer is known by its name and by its connection id', () => {
  expect(differ({ ws: 'edge-a', text: 'ALERT' }, frame)).toEqual([])
  expect(differ({ ws: 1 }, frame)).toEqual([])
  expect(differ({ ws: '</^edge-/>' }, frame)).toEqual([])
  expect(differ({ ws: '7' }, { ...frame, producer: 7 })).toEqual([])
  expect(differ({ ws: 'edge-b' }, frame)).toEqual(['ws | "edge-b" | "edge-a" | '])
  expect(differ({ ws: 2 }, frame)).toEqual(['ws | 2 | "edge-a" | '])
})

test('tags match as a subset, unless they must match exactly', () => {
  expect(differ({ event: 'temp_hourly', value: 41.2, tags: ['sensor=1'], timestamp: 6 * second }, sample)).toEqual([])
  expect(differ({ event: 'temp_hourly', tags: ['</^host=/>', 'sensor=1'], exact: true }, sample)).toEqual([])
  expect(differ({ event: 'temp_hourly', tags: ['sensor=1'], exact: true }, sample)).toMatchInlineSnapshot(`
    [
      "tags | ["sensor=1"] | ["host=a","sensor=1"] | ",
    ]
  `)
  expect(differ({ event: 'temp_daily', value: '<41.3 ±0.05>', timestamp: 7 * second }, sample)).toMatchInlineSnapshot(`
    [
      "event | "temp_daily" | "temp_hourly" | ",
      "value | "<41.3 ±0.05>" | 41.2 | ",
      "timestamp | 7000000 | 6000000 | ",
    ]
  `)
})

test('for another kind of writeback, only the kind is reported', () => {
  expect(differ({ ws: 'edge-a', text: 'ALERT' }, post)).toMatchInlineSnapshot(`
    [
      "ws | "edge-a" |  | another kind of writeback: http",
    ]
  `)
})

test('an expected writeback that would compare nothing is refused', () => {
  const wrong = (expected: object) => () => differ(expected as ExpectedWriteback, frame)
  expect(wrong({ post: 'https://a.example', json: {} })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: cannot compare with an expected writeback that has the keys post, json: expected one of http, ws, event]`,
  )
  expect(wrong({ ws: 'edge-a', event: 'temp' })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: cannot compare with an expected writeback that has the keys ws, event: expected one of http, ws, event]`,
  )
  expect(wrong({ ws: 'edge-a', txt: 'ALERT' })).toThrowErrorMatchingInlineSnapshot(
    `[TypeError: cannot compare: unknown key "txt" in an expected ws writeback; known keys: ws, json, text, at, exact]`,
  )
  expect(wrong({ ws: 'edge-a', at: 'noon' })).toThrowErrorMatchingInlineSnapshot(
    `[SlungError: cannot compare with "at" of an expected writeback: "noon" is not a time, expected RFC 3339 (2026-01-01T00:00:07Z), "YYYY-MM-DD hh:mm:ss" (UTC) or microseconds since 1970]`,
  )
})
