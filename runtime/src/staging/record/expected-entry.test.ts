import { expect, test } from 'vitest'
import { describeWriteback, type MadeHttp } from './expected-entry.ts'
import { bodyBytesMax, cutBody } from '../observe/observer.ts'
import { Redaction } from './redaction.ts'

const polledAt = Date.UTC(2026, 0, 1, 9) * 1000 + 123_456
const clock = { polledAt, madeAt: polledAt + 2000 }
const bytes = (text: string) => cutBody(new TextEncoder().encode(text))

const post: MadeHttp = {
  kind: 'http',
  method: 'POST',
  url: 'https://hooks.example.com/alerts?key=abc',
  body: bytes('{"level":"high"}'),
  status: 200,
  response: bytes(''),
  timeoutMillis: null,
  waitMicros: 0,
}

function describe(changes: Partial<MadeHttp>) {
  const redaction = new Redaction(clock)
  return { ...describeWriteback({ ...post, ...changes }, redaction), inexact: [...redaction.inexact] }
}

const answerOf = (changes: Partial<MadeHttp>): unknown => describe(changes).answer?.answer

test('a request is expected with its body and status, and answered as it was', () => {
  expect(describe({})).toEqual({
    expect: { http: 'POST https://hooks.example.com/alerts?key=REDACTED', json: { level: 'high' }, status: 200 },
    answer: { request: 'POST https://hooks.example.com/alerts?key=REDACTED', answer: 'ok' },
    inexact: [],
  })
  expect(describe({ body: bytes('hello') }).expect).toMatchObject({ text: 'hello' })
  expect(describe({ body: bytes('') }).expect).toMatchObject({ text: '' })
  expect(describe({ method: 'GET', body: bytes('ignored') }).expect).toEqual({
    http: 'GET https://hooks.example.com/alerts?key=REDACTED',
    status: 200,
  })
})

test('answers: bodies, statuses, slow ones, and none', () => {
  expect(answerOf({ status: 503 })).toBe(503)
  expect(answerOf({ response: bytes('{"id":7}') })).toEqual({ status: 200, json: { id: 7 } })
  expect(answerOf({ response: bytes('fine'), status: 201 })).toEqual({ status: 201, text: 'fine' })
  expect(answerOf({ waitMicros: 2_500_000 })).toEqual({ status: 200, after: '2500ms' })
  expect(answerOf({ status: 0, response: null })).toBe('reset')
  expect(answerOf({ status: 0, response: null, timeoutMillis: 10_000 })).toEqual({ timeout: '10s' })
})

test('JSON in another notation than ours is given as its text, unless it contains a secret', () => {
  expect(answerOf({ response: bytes('{ "id": 7 }') })).toEqual({ status: 200, text: '{ "id": 7 }' })
  expect(answerOf({ response: bytes('{ "token": "abc" }') })).toEqual({ status: 200, json: { token: 'REDACTED' } })
})

test('numbers keep their digits, in what is expected and in what is given', () => {
  const body = bytes('{"device":9007199254740993,"load":1e400}')
  expect(JSON.stringify(describe({ body }).expect)).toContain('"json":{"device":9007199254740993,"load":1e400}')
  expect(JSON.stringify(answerOf({ response: body }))).toBe(
    '{"status":200,"json":{"device":9007199254740993,"load":1e400}}',
  )
  const secret = bytes('{"device":9007199254740993,"pin":12345678901234567890}')
  expect(JSON.stringify(answerOf({ response: secret }))).toContain('{"device":9007199254740993,"pin":0}')
  expect(JSON.stringify(describe({ body: secret }).expect)).toContain('{"device":9007199254740993,"pin":"<any>"}')
})

test('a body that is cut inside a character leaves nothing of it in the next one', () => {
  const cut = cutBody(new TextEncoder().encode(`${'x'.repeat(bodyBytesMax - 1)}😀`))
  expect(answerOf({ response: cut })).toEqual({ status: 200, text: 'x'.repeat(bodyBytesMax - 1) })
  expect(answerOf({ response: cutBody(new Uint8Array([0xff, 0x41])) })).toEqual({ status: 200, text: '\ufffdA' })
})

test('what a replay cannot repeat is noted', () => {
  const long = 'x'.repeat(bodyBytesMax + 1)
  const cut = describe({ body: bytes(long), response: cutBody(new Uint8Array([0xff, 0x41])) })
  expect(cut.expect).toEqual({ http: 'POST https://hooks.example.com/alerts?key=REDACTED', status: 200 })
  expect(cut.answer?.answer).toEqual({ status: 200, text: '\ufffdA' })
  expect(cut.inexact).toEqual([
    'the body of POST https://hooks.example.com/alerts?key=REDACTED has 65537 bytes, of which a recording keeps 65536: it is not compared',
    'an answer to POST https://hooks.example.com/alerts?key=REDACTED is not UTF-8: it is given as text, as far as possible',
  ])
  expect(describe({ url: 'https://me:pw@a.example/', status: 0, response: null })).toEqual({
    expect: { http: 'POST <any>', json: { level: 'high' }, status: 0 },
    answer: null,
    inexact: ['a POST went to something that is not a URL for a request, and no answer can cover it: its replay fails'],
  })
  expect(describe({ status: 999 })).toMatchObject({ answer: { answer: 999 }, inexact: [] })
})

test('texts to producers and written events', () => {
  const redaction = new Redaction(clock)
  expect(describeWriteback({ kind: 'ws', producer: 3, text: 'ALERT' }, redaction)).toEqual({
    expect: { ws: 3, text: 'ALERT' },
    answer: null,
  })
  expect(describeWriteback({ kind: 'ws', producer: 3, text: '[1, "<any>"]' }, redaction).expect).toEqual({
    ws: 3,
    json: [1, '</^<any>$/>'],
  })
  const event = { kind: 'event', series: 'mean', tags: ['sensor=1'], timestamp: 1_000_000, value: 1.5 } as const
  expect(describeWriteback(event, redaction).expect).toEqual({
    event: 'mean',
    value: 1.5,
    tags: ['sensor=1'],
    timestamp: 1_000_000,
  })
  // Read from the clock, which differs in a replay.
  expect(describeWriteback({ ...event, tags: [], timestamp: polledAt + 9 }, redaction).expect).toEqual({
    event: 'mean',
    value: 1.5,
  })
})
