import fc from 'fast-check'
import { expect, test } from 'vitest'
import { selects } from '../live/subscriptions.ts'
import { createSeries } from '../model/series.ts'
import { parseQuery } from '../query/parse-query.ts'
import { MemoryStore } from '../store/memory-store.ts'
import { ConcernedSeries } from './concerned-series.ts'

const texts = ['AVG:a:[]', 'AVG:a,b:[x]', 'AVG:b:[y OR x]', 'AVG:c:[NOT x]']
const allSeries = ['a', 'b', 'c'].flatMap((name) =>
  [[], ['x'], ['y'], ['x', 'y']].map((tags) => createSeries(name, tags)),
)

const actions = fc.array(
  fc.record({
    kind: fc.constantFrom('intern', 'ask', 'add', 'remove', 'step', 'step', 'step', 'forget'),
    which: fc.nat(allSeries.length - 1),
  }),
  { maxLength: 80, size: 'max' },
)

test('law: a series concerns a workflow if a query selects it, however adding and removing queries is interleaved', () => {
  fc.assert(
    fc.property(actions, (all) => {
      const store = new MemoryStore()
      const concerned = new ConcernedSeries(store)
      const open = texts.map((text) => parseQuery(text)).map((query) => ({ query, isOpen: false, isChanging: false }))
      const changes: { readonly next: () => boolean }[] = []
      const slice = { isOver: true }
      const begin = (entry: (typeof open)[number], isOpen: boolean): void => {
        if (entry.isChanging || entry.isOpen === isOpen) return
        entry.isChanging = true
        const steps = isOpen ? concerned.add(entry.query, slice) : concerned.remove(entry.query, slice)
        changes.push({
          next: () => {
            if (steps.next().done !== true) return false
            Object.assign(entry, { isOpen, isChanging: false })
            return true
          },
        })
      }
      const expectAll = (): void => {
        const selected = open.filter(({ isOpen }) => isOpen)
        for (const series of allSeries) {
          const id = store.find(series)
          if (id === undefined) continue
          expect(concerned.has(id)).toBe(selected.some(({ query }) => selects(query, series)))
        }
      }
      for (const { kind, which } of all) {
        const series = allSeries[which]!
        if (kind === 'intern') store.intern(series)
        else if (kind === 'add' || kind === 'remove') begin(open[which % open.length]!, kind === 'add')
        else if (kind === 'step') {
          const change = changes.shift()
          if (change?.next() === false) changes.push(change)
        } else if (kind === 'forget') concerned.forget(store.removeEmpty((id) => id % 3 !== which % 3))
        else expectAll()
      }
      for (const { next } of changes) while (!next()) continue
      expectAll()
    }),
    { numRuns: 1000 },
  )
})
