import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hashedUnitsMax, longestKeyIn } from '../../../test/longest-key.ts'
import { createSeries, formatSeries, seriesKey, type Series } from '../model/series.ts'
import { endless, finish } from '../model/steps.ts'
import type { Selection } from './history-source.ts'
import { SeriesIndex } from './series-index.ts'

function match(index: SeriesIndex, selection: Selection): readonly number[] {
  return finish(index.match(selection, endless))
}

function intern(index: SeriesIndex, series: Series): number {
  const known = index.find(series)
  if (known !== undefined) return known
  index.add(index.nextId, series)
  return index.nextId - 1
}

test('series with the longest labels are not looked up by all their text', () => {
  const shared = Array.from({ length: 63 }, (_, index) => `${index}=${'x'.repeat(1000)}`)
  const all = Array.from({ length: 50 }, (_, index) => createSeries('temp', [...shared, `z=${index}`]))
  expect(seriesKey(all[0]!).length).toBeGreaterThan(hashedUnitsMax)
  const seriesIndex = new SeriesIndex(1)
  const longest = longestKeyIn(() => {
    for (const series of all) intern(seriesIndex, series)
    for (const [id, series] of all.entries()) expect(seriesIndex.find(series)).toBe(id)
  })
  expect(longest).toBeLessThan(1024)
})

test('a text that several series have is one string', () => {
  const seriesIndex = new SeriesIndex(1)
  const tags = ['host=a-long-name.example.com', 'z=1']
  const ids = tags.map((tag) => intern(seriesIndex, createSeries('temp', ['site=the-same-for-all', tag])))
  const [first, second] = ids.map((id) => seriesIndex.series(id))
  // Strings have no identity, but what they take is counted once.
  const both = 'temp'.length + 'site=the-same-for-all'.length
  expect(seriesIndex.labelBytes).toBe(2 * both + tags.join('').length + 4 * 128)
  expect([first, second].map((series) => formatSeries(series!))).toEqual([
    'temp{host=a-long-name.example.com,site=the-same-for-all}',
    'temp{site=the-same-for-all,z=1}',
  ])
})

test('the bytes of labels are those of UTF-8, and come back with the last series that has them', () => {
  const seriesIndex = new SeriesIndex(1)
  const [cold, warm] = [createSeries('é', ['😀=1', 'a']), createSeries('é', ['a'])]
  expect(seriesIndex.labelBytesOf(cold)).toBe(2 + 6 + 1 + 3 * 128)
  intern(seriesIndex, cold)
  expect(seriesIndex.labelBytes).toBe(2 + 6 + 1 + 3 * 128)
  expect(seriesIndex.labelBytesOf(warm)).toBe(2 + 1)
  const id = intern(seriesIndex, warm)
  seriesIndex.remove([0])
  expect(seriesIndex.labelBytes).toBe(2 + 1 + 2 * 128)
  seriesIndex.remove([id])
  expect([seriesIndex.labelBytes, seriesIndex.size]).toEqual([0, 0])
})

test('law: it is a map from series to ids that are never used again, for any seed', () => {
  const text = fc.constantFrom('a', 'b', 'c')
  const series = fc.record({ name: text, tags: fc.array(text, { maxLength: 3 }) })
  const change = fc.oneof(series, fc.nat(5))
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60, size: 'max' }), fc.integer(), (changes, seed) => {
      const seriesIndex = new SeriesIndex(seed)
      const model = new Map<string, number>()
      let nextId = 0
      for (const each of changes) {
        if (typeof each === 'number') {
          const removed = [...model].filter(([, id]) => id % 6 === each)
          seriesIndex.remove(removed.map(([, id]) => id))
          for (const [key] of removed) model.delete(key)
        } else {
          const made = createSeries(each.name, each.tags)
          const key = seriesKey(made)
          expect(seriesIndex.find(made)).toBe(model.get(key))
          if (!model.has(key)) model.set(key, nextId++)
          expect(intern(seriesIndex, made)).toBe(model.get(key))
        }
        for (const tag of ['a', 'b', 'c']) {
          const expected = [...model].filter(([key]) => key.split('\n').slice(1).includes(tag)).map(([, id]) => id)
          expect(match(seriesIndex, { names: null, tags: { kind: 'tag', tag } })).toEqual(expected)
        }
        expect(match(seriesIndex, { names: ['a', 'b'], tags: { kind: 'everything' } })).toEqual(
          [...model].filter(([key]) => /^[ab]/.test(key)).map(([, id]) => id),
        )
        expect(seriesIndex.size).toBe(model.size)
      }
    }),
  )
})
