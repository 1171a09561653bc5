import type { Writeback } from '@slung/runtime'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CausedEntry } from '../run/replay-run.ts'
import { compareTimeline, type Comparison, type ComparisonOptions } from './compare-timeline.ts'
import type { ExpectedWriteback } from './expected-writeback.ts'

const producers = new Map([[1, 'edge-a']])

/** WebSocket writebacks to edge-a, one per text, a second apart. */
function frames(...texts: readonly string[]): CausedEntry<Writeback>[] {
  return texts.map((text, second) => ({ kind: 'ws', at: second * 1_000_000, producer: 1, text, cause: null }))
}

/** Expected writebacks to edge-a. */
function messages(...list: readonly string[]): ExpectedWriteback[] {
  return list.map((text) => ({ ws: 'edge-a', text }))
}

/** The pairs as short words: `a`, `a≠b`, `-a`, `+b`, `(b)` for a match, mismatch, missing, unexpected, allowed one. */
function sketch({ pairs }: Comparison): string {
  const words = pairs.map((pair) => {
    const wanted = 'expected' in pair && 'text' in pair.expected ? pair.expected.text : ''
    const came = 'actual' in pair && pair.actual.kind === 'ws' ? pair.actual.text : ''
    if (pair.kind === 'match') return wanted
    if (pair.kind === 'mismatch') return `${wanted}≠${came}`
    if (pair.kind === 'missing') return `-${wanted}`
    return pair.kind === 'allowed' ? `(${came})` : `+${came}`
  })
  return words.join(' ')
}

function compare(expected: string, actual: string, options: Omit<ComparisonOptions, 'producers'> = {}): string {
  const split = (words: string): string[] => (words === '' ? [] : words.split(' '))
  return sketch(compareTimeline(messages(...split(expected)), frames(...split(actual)), { producers, ...options }))
}

test('a missing, extra or different writeback does not shift the others', () => {
  expect(compare('a b c', 'a b c')).toBe('a b c')
  expect(compare('a b c', 'a c')).toBe('a -b c')
  expect(compare('a c', 'a b c')).toBe('a +b c')
  expect(compare('a b c', 'a x c')).toBe('a b≠x c')
  expect(compare('', 'a')).toBe('+a')
  expect(compare('a', '')).toBe('-a')
  expect(compare('a b c d', 'b x d a')).toBe('-a b c≠x d +a')
})

test('two writebacks with nothing in common are not paired', () => {
  const [frame] = frames('a')
  const post: ExpectedWriteback = { http: 'POST https://a.example', json: { level: 'high' } }
  const kinds = (expected: ExpectedWriteback): string[] =>
    compareTimeline([expected], [frame!], { producers }).pairs.map((pair) => pair.kind)
  expect(kinds(post)).toEqual(['missing', 'unexpected'])
  expect(kinds({ ws: 'edge-b', text: 'b' })).toEqual(['missing', 'unexpected'])
  expect(kinds({ ws: 'edge-b' })).toEqual(['missing', 'unexpected'])
  expect(kinds({ ws: 'edge-b', text: 'a' })).toEqual(['mismatch'])
  expect(kinds({ ws: 'edge-a', text: 'b' })).toEqual(['mismatch'])
})

test('in any order, every expected writeback finds its own', () => {
  expect(compare('a b c', 'c a b', { anyOrder: true })).toBe('c a b')
  expect(compare('</./> a', 'a b', { anyOrder: true })).toBe('a </./>')
  expect(compare('a a b', 'b a', { anyOrder: true })).toBe('b a -a')
  expect(compare('a b', 'x b', { anyOrder: true })).toBe('a≠x b')
})

test('at least the expected ones, in their order, with others around them', () => {
  expect(compare('a c', 'x a b c y', { atLeast: true })).toBe('(x) a (b) c (y)')
  expect(compare('a c', 'c a', { atLeast: true })).toBe('a≠c c≠a')
  expect(compare('c a', 'x a b c', { atLeast: true, anyOrder: true })).toBe('(x) a (b) c')
})

test('a writeback is set beside what became of it, not beside another that came at its time', () => {
  const event = (series: string, at: number, value: number): CausedEntry<Writeback> => {
    return { kind: 'event', at, timestamp: at, series, value, tags: [], cause: null }
  }
  const came = [event('load', 10, 5), event('temp', 20, 6), event('load', 30, 5)]
  for (const options of [{ atLeast: true }, { atLeast: true, anyOrder: true }, {}]) {
    const { pairs } = compareTimeline([{ event: 'temp', value: 5, at: 10 }], came, { producers, ...options })
    expect(pairs.find(({ kind }) => kind === 'mismatch')).toMatchObject({ actual: { series: 'temp' } })
  }
})

test('an expected writeback that is not one is refused even when nothing came', () => {
  expect(() => compareTimeline([{ post: 'x' } as unknown as ExpectedWriteback], [], { producers })).toThrow(TypeError)
})

test('very long timelines that differ a lot are paired by position', () => {
  const wanted = Array.from({ length: 1100 }, (_, index) => `expected ${index}`)
  const comparison = compareTimeline(messages(...wanted), frames(...wanted.map((text) => `not ${text}`)), { producers })
  expect(comparison.pairs.every((pair) => pair.kind === 'mismatch' && pair.index === pair.position)).toBe(true)
})

// Few distinct texts, so that repetitions are common.
const word = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const writeback: fc.Arbitrary<CausedEntry<Writeback>> = fc.oneof(
  word.map((text): CausedEntry<Writeback> => ({ kind: 'ws', at: 0, producer: 1, text, cause: null })),
  fc.record({
    kind: fc.constant('http' as const),
    at: fc.nat(9),
    method: fc.constantFrom('GET', 'POST'),
    url: word.map((path) => `https://example.com/${path}`),
    body: fc.dictionary(word, fc.double({ noNaN: true })).map((body) => JSON.stringify(body)),
    status: fc.constantFrom(200, 503),
    cause: fc.constant(null),
  }),
  fc.record({
    kind: fc.constant('event' as const),
    at: fc.nat(9),
    timestamp: fc.nat(9),
    series: word,
    value: fc.double({ noNaN: true, noDefaultInfinity: true }),
    tags: fc.uniqueArray(word),
    cause: fc.constant(null),
  }),
)
const timeline = fc.array(writeback, { maxLength: 12 })

/** Expects everything about a writeback. */
function expectationOf(entry: Writeback): ExpectedWriteback {
  const { at } = entry
  if (entry.kind === 'ws') return { ws: entry.producer, text: entry.text, at }
  if (entry.kind === 'event') {
    const { series, value, tags, timestamp } = entry
    return { event: series, value, tags, timestamp, at, exact: true }
  }
  const { method, url, body, status } = entry
  return { http: `${method} ${url}`, json: JSON.parse(body) as unknown, exact: true, status, at }
}

/** The number of pairs of each kind that occurs. */
function count({ pairs }: Comparison): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { kind } of pairs) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

const options: fc.Arbitrary<ComparisonOptions> = fc.record({
  producers: fc.constant(producers),
  anyOrder: fc.boolean(),
  atLeast: fc.boolean(),
})

test('a timeline matches the expectations made from it', () => {
  fc.assert(
    fc.property(timeline, options, (actual, how) => {
      const comparison = compareTimeline(actual.map(expectationOf), actual, how)
      expect(comparison.matches).toBe(true)
      expect(count(comparison)).toEqual(actual.length === 0 ? {} : { match: actual.length })
    }),
  )
})

test('removing a writeback makes exactly one missing, adding one exactly one unexpected', () => {
  fc.assert(
    fc.property(timeline, writeback, fc.nat(), fc.boolean(), (rest, extra, seed, anyOrder) => {
      const whole = rest.toSpliced(seed % (rest.length + 1), 0, extra)
      const matched = rest.length === 0 ? {} : { match: rest.length }
      const how = { producers, anyOrder }
      expect(count(compareTimeline(whole.map(expectationOf), rest, how))).toEqual({ ...matched, missing: 1 })
      expect(count(compareTimeline(rest.map(expectationOf), whole, how))).toEqual({ ...matched, unexpected: 1 })
      expect(compareTimeline(rest.map(expectationOf), whole, { ...how, atLeast: true }).matches).toBe(true)
    }),
  )
})

test('in any order a shuffled timeline matches', () => {
  const shuffled = timeline.chain((actual) =>
    fc.tuple(fc.constant(actual), fc.shuffledSubarray(actual, { minLength: actual.length })),
  )
  fc.assert(
    fc.property(shuffled, ([actual, expected]) => {
      expect(compareTimeline(expected.map(expectationOf), actual, { producers, anyOrder: true }).matches).toBe(true)
    }),
  )
})

test('every expected and every actual writeback is in exactly one pair', () => {
  fc.assert(
    fc.property(timeline, timeline, options, (wanted, actual, how) => {
      const { pairs, matches } = compareTimeline(wanted.map(expectationOf), actual, how)
      const ascending = (numbers: number[]): number[] => numbers.toSorted((one, other) => one - other)
      expect(ascending(pairs.flatMap((pair) => ('index' in pair ? [pair.index] : [])))).toEqual([...wanted.keys()])
      expect(pairs.flatMap((pair) => ('position' in pair ? [pair.position] : []))).toEqual([...actual.keys()])
      expect(matches).toBe(pairs.every(({ kind }) => kind === 'match' || kind === 'allowed'))
    }),
  )
})

test('the comparison in order matches exactly when both lists match one by one', () => {
  fc.assert(
    fc.property(fc.array(word), fc.array(word), (wanted, came) => {
      const comparison = compareTimeline(messages(...wanted), frames(...came), { producers })
      expect(comparison.matches).toBe(wanted.join(' ') === came.join(' '))
    }),
  )
})

test('lists in any order that would take minutes to compare are refused, and many that never come are not weighed', () => {
  const many = Array.from({ length: 6000 }, (_, index) => `text ${index}`)
  expect(() => compareTimeline(messages(...many), frames(...many), { producers, anyOrder: true })).toThrow(
    'cannot compare 6000 with 6000 writebacks in any order',
  )
  const came = many.map((text) => `${text} came`)
  const { pairs } = compareTimeline(messages(...many.slice(0, 300)), frames(...came), { producers, anyOrder: true })
  expect(pairs.filter(({ kind }) => kind === 'missing')).toHaveLength(300)
})
