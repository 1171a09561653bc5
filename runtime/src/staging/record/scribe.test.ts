import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RecordedFact, StoredSamples } from './recorded-fact.ts'
import { bytesOf } from './recorded-fact.ts'
import { Scribe } from './scribe.ts'

const begin = { kind: 'begin', at: 5, version: '1', workflows: [] } as const
const closed: RecordedFact = { kind: 'message', message: { kind: 'closed', producer: 1, at: 7 } }

function take(scribe: Scribe, ...facts: readonly RecordedFact[]): { messages: unknown[]; doneBytes: number } {
  const parts = facts.flatMap((fact) => [...scribe.take(fact)])
  return {
    messages: parts.flatMap((part) => ('text' in part ? [JSON.parse(part.text)] : [])),
    doneBytes: parts.reduce((sum, part) => sum + ('doneBytes' in part ? part.doneBytes : 0), 0),
  }
}

function samples(rows: readonly (readonly number[])[]): RecordedFact {
  const column = (index: number): number[] => rows.map((row) => row[index]!)
  const series = Uint32Array.from(column(0))
  const [timestamps, values, producers] = [column(1), column(2), column(3)].map((numbers) => Float64Array.from(numbers))
  return {
    kind: 'samples',
    at: 6,
    writer: 'a "b"',
    series,
    timestamps: timestamps!,
    values: values!,
    producers: producers!,
  }
}

test('law: samples are the JSON that the protocol says', () => {
  const row = fc.tuple(fc.nat(), fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat())
  fc.assert(
    fc.property(fc.array(row, { maxLength: 9 }), (rows) => {
      const { messages } = take(new Scribe(false), samples(rows))
      expect(messages).toEqual([JSON.parse(JSON.stringify({ kind: 'samples', at: 6, writer: 'a "b"', rows }))])
    }),
  )
})

test('what comes while the history is read waits for it, and is not done before', () => {
  const scribe = new Scribe(true)
  expect(take(scribe, closed)).toEqual({ messages: [], doneBytes: 0 })
  const stored: StoredSamples = {
    series: [
      { kind: 'series', id: 3, name: 'a', tags: [] },
      { kind: 'series', id: 4, name: 'b', tags: ['x'] },
    ],
    runs: {
      counts: Uint32Array.of(3, 1),
      blocks: [
        { timestamps: Float64Array.of(1, 3), values: Float64Array.of(10, 30) },
        { timestamps: Float64Array.of(4, 3), values: Float64Array.of(40, 20) },
      ],
    },
  }
  const opened: RecordedFact = { kind: 'opened', begin, stored }
  const { messages, doneBytes } = take(scribe, opened, { kind: 'over' })
  expect(messages).toEqual([
    begin,
    { kind: 'series', id: 3, name: 'a', tags: [] },
    { kind: 'series', id: 4, name: 'b', tags: ['x'] },
    {
      kind: 'history',
      rows: [
        [3, 1, 10],
        [3, 3, 30],
        [4, 3, 20],
        [3, 4, 40],
      ],
    },
    { kind: 'closed', producer: 1, at: 7 },
  ])
  expect(doneBytes).toBe(bytesOf(closed) + bytesOf(opened) + bytesOf({ kind: 'over' }))
})

test('nothing is told of a recording that is refused', () => {
  const scribe = new Scribe(true)
  const refused: RecordedFact = { kind: 'refused', error: 'too much' }
  expect(take(scribe, closed, refused, closed)).toEqual({
    messages: [{ kind: 'refused', error: 'too much' }],
    doneBytes: 2 * bytesOf(closed) + bytesOf(refused),
  })
})

test('no secret of a writeback leaves it', () => {
  const text = 'Authorization: Bearer abcdef123456'
  const made: RecordedFact = {
    kind: 'made',
    workflow: 'a',
    made: { kind: 'ws', producer: 1, text },
    clock: { polledAt: 1, madeAt: 2 },
  }
  const { messages } = take(new Scribe(false), made)
  expect(JSON.stringify(messages)).not.toContain('abcdef123456')
  expect(messages).toMatchObject([{ kind: 'writeback', workflow: 'a', expect: { ws: 1 } }])
})
