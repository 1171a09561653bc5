import { expect, test } from 'vitest'
import type { Observer } from './observer.ts'
import { Observers } from './observers.ts'

test('observers hear of what they listen for, in the order in which they were added', () => {
  const told: string[] = []
  const observers = new Observers([{ connected: (producer) => told.push(`first: ${producer}`) }])
  observers.add({ committed: () => told.push('committed') })
  observers.add({ connected: (producer) => told.push(`last: ${producer}`) })
  observers.tell('connected', 7)
  observers.tell('committed', 1, 2)
  observers.tell('turnEnded')
  expect(told).toEqual(['first: 7', 'last: 7', 'committed'])
})

test('an observer may be a class, and hears nothing once it is removed', () => {
  class Counting implements Observer {
    count = 0
    refused(_reason: string, count: number): void {
      this.count += count
    }
  }
  const observers = new Observers()
  const counting = new Counting()
  const remove = observers.add(counting)
  observers.tell('refused', 'future-timestamp', 2)
  observers.tell('refused', 'future-timestamp', 3)
  remove()
  observers.tell('refused', 'future-timestamp', 4)
  expect(counting.count).toBe(5)
})

test('an observer added during a report hears the next one; one removed during a report still hears that one', () => {
  const told: string[] = []
  const late: Observer = { committed: () => told.push('late') }
  const observers = new Observers()
  observers.add({
    committed() {
      told.push('early')
      observers.add(late)
      remove()
    },
  })
  const remove = observers.add({ committed: () => told.push('leaving') })
  observers.tell('committed', 1, 2)
  expect(told).toEqual(['early', 'leaving'])
  observers.tell('committed', 1, 2)
  expect(told).toEqual(['early', 'leaving', 'early', 'late'])
})
