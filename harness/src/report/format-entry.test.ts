import type { HttpWriteback } from '@slung/runtime'
import { expect, test } from 'vitest'
import { formatEntry, formatExpected, formatRow } from './format-entry.ts'
import { createTimePrinter } from './time-printer.ts'

const day = 86_400_000_000
const producers = new Map([[1, 'edge-a']])

/** The style of a run whose entries have these times. */
function styleOf(...times: readonly number[]): Parameters<typeof formatEntry>[1] {
  return { times: createTimePrinter(times), producers }
}

test('times show the date only when the run takes more than a day, and are equally wide', () => {
  expect(formatEntry({ kind: 'ws', at: 0, producer: 2, text: '' }, styleOf(0, day - 1))).toBe(
    '00:00:00         WS 2 ""',
  )
  expect(formatEntry({ kind: 'ws', at: day, producer: 1, text: 'x' }, styleOf(0, day))).toBe(
    '1970-01-02T00:00:00Z  WS edge-a "x"',
  )
  const written = { kind: 'event', at: day, timestamp: day - 1_000_000, series: 'daily', value: 1, tags: [] } as const
  expect(formatEntry(written, styleOf(day))).toBe('00:00:00  EVENT daily 1 timestamp 1970-01-01T23:59:59Z')
})

test('bodies are shown as JSON or as text, shortened', () => {
  const post: HttpWriteback = { kind: 'http', at: 0, method: 'POST', url: 'https://a.example', body: '', status: 200 }
  const line = (body: string): string => formatEntry({ ...post, body }, styleOf(0))
  expect(line('')).toBe('00:00:00  POST https://a.example  → 200')
  expect(line('{ "a": [1] }')).toBe('00:00:00  POST https://a.example { "a": [1] }  → 200')
  expect(line('{\n"a": 1\n}')).toBe('00:00:00  POST https://a.example {"a":1}  → 200')
  expect(line('{oops}')).toBe('00:00:00  POST https://a.example "{oops}"  → 200')
  expect(line('a'.repeat(200))).toBe(`00:00:00  POST https://a.example "${'a'.repeat(159)}… (42 more)  → 200`)
})

test('an expected writeback shows what was stated about it', () => {
  const style = styleOf(0)
  expect(formatExpected({ http: 'POST </x/>', json: ['<any>'], status: '<number>', exact: true }, style)).toBe(
    '          POST </x/> [<any>] exactly  → <number>',
  )
  expect(formatExpected({ ws: 1, text: '', at: '1970-01-01T00:00:07Z' }, style)).toBe('00:00:07  WS 1 ""')
  expect(formatExpected({ event: 'temp', value: 0, tags: ['a'], timestamp: 1_000_000 }, style)).toBe(
    '          EVENT temp 0 {a} timestamp 00:00:01',
  )
  expect(formatExpected({ ws: 'edge-a', json: null }, style)).toBe('          WS edge-a null')
})

test('a row names its place, its sample, and when it arrived if that differs', () => {
  const row = {
    file: 'hot.csv',
    line: 132,
    timestamp: 0,
    arrives: 0,
    series: { name: 'temp', tags: ['a'] },
    value: 1.5,
  }
  expect(formatRow(row)).toBe('hot.csv:132  1970-01-01T00:00:00Z  temp{a} = 1.5')
  expect(formatRow({ ...row, arrives: 1_000_000 })).toBe(
    'hot.csv:132  1970-01-01T00:00:00Z  temp{a} = 1.5, arrived 1970-01-01T00:00:01Z',
  )
})
