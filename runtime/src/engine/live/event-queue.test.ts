import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LiveEvent } from '../model/live-event.ts'
import { EventBudget, queueEventsReserved } from './event-budget.ts'
import { EventQueue } from './event-queue.ts'

const event = (timestamp: number): LiveEvent => ({ timestamp, value: 0, tags: [], producers: [] })

test('the queue is a list that keeps the newest Events and counts those that coalesced', () => {
  const many = (kind: string, weight: number) => ({ arbitrary: fc.constant(kind), weight })
  const steps = fc.array(fc.oneof(many('push', 60), many('shift', 20), many('clear', 1)), {
    maxLength: 200,
    size: 'max',
  })

  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), steps, (eventsMax, kinds) => {
      const queue = new EventQueue(eventsMax, new EventBudget(eventsMax))
      const model: number[] = []
      let coalesced = 0
      for (const [index, kind] of kinds.entries()) {
        if (kind === 'push') {
          queue.push(event(index), index)
          if (model.push(index) > eventsMax) {
            model.shift()
            coalesced++
          }
        } else if (kind === 'clear') {
          queue.clear()
          model.length = 0
        } else {
          expect(queue.shift()?.timestamp).toBe(model.shift())
        }
        expect(queue.count).toBe(model.length)
        expect(queue.oldestAt).toBe(model[0] ?? Number.POSITIVE_INFINITY)
        expect(queue.coalescedCount).toBe(coalesced)
      }
    }),
  )
})

test('an Event coalesces only into one of its own group, and the latest of each group is never lost', () => {
  const push = fc.record({ kind: fc.constant('push' as const), group: fc.nat(4) })
  const shift = fc.record({ kind: fc.constant('shift' as const), group: fc.constant(0) })

  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.array(fc.oneof({ weight: 3, arbitrary: push }, { weight: 1, arbitrary: shift }), {
        maxLength: 200,
        size: 'max',
      }),
      (eventsMax, steps) => {
        const queue = new EventQueue(eventsMax, new EventBudget(eventsMax))
        const model: { group: number; timestamp: number }[] = []
        let coalesced = 0
        for (const [timestamp, { kind, group }] of steps.entries()) {
          if (kind === 'push') {
            queue.push(event(timestamp), timestamp, group)
            const oldest = model.findIndex((one) => one.group === group)
            if (model.length >= eventsMax && oldest !== -1) {
              model.splice(oldest, 1)
              coalesced++
            }
            model.push({ group, timestamp })
          } else {
            expect(queue.shift()?.timestamp).toBe(model.shift()?.timestamp)
          }
          expect(queue.count).toBe(model.length)
          expect(queue.count).toBeLessThan(eventsMax + 5)
          expect(queue.oldestAt).toBe(model[0]?.timestamp ?? Number.POSITIVE_INFINITY)
          expect(queue.coalescedCount).toBe(coalesced)
        }
        while (model.length > 0) expect(queue.shift()?.timestamp).toBe(model.shift()?.timestamp)
      },
    ),
  )
})

test('a spent budget takes nothing from a group that has one Event waiting', () => {
  const budget = new EventBudget(1000)
  const [greedy, grouped] = [new EventQueue(5000, budget), new EventQueue(5000, budget)]
  for (let timestamp = 0; timestamp < 1000; timestamp++) greedy.push(event(timestamp), timestamp)
  for (let round = 0; round < 2; round++) {
    for (let group = 0; group < 300; group++) grouped.push(event(round), round, group)
  }

  expect(grouped).toMatchObject({ count: 300, coalescedCount: 300 })
  expect(grouped.shift()?.timestamp).toBe(1)
})

test('a spent budget leaves every queue its reserve, and coalesces what a queue holds beyond it', () => {
  const budget = new EventBudget(1000)
  const [greedy, polled] = [new EventQueue(5000, budget), new EventQueue(5000, budget)]
  for (let timestamp = 0; timestamp < 1500; timestamp++) greedy.push(event(timestamp), timestamp)
  expect(greedy).toMatchObject({ count: 1000, coalescedCount: 500 })
  expect(greedy.shift()?.timestamp).toBe(500)

  for (let timestamp = 0; timestamp < queueEventsReserved + 10; timestamp++) polled.push(event(timestamp), timestamp)
  expect(polled).toMatchObject({ count: queueEventsReserved, coalescedCount: 10 })
  expect(polled.shift()?.timestamp).toBe(10)
})

test('what is polled or dropped returns to the budget', () => {
  const budget = new EventBudget(1000)
  const [first, second] = [new EventQueue(5000, budget), new EventQueue(5000, budget)]
  for (let timestamp = 0; timestamp < 1000; timestamp++) first.push(event(timestamp), timestamp)
  first.shift()
  first.clear()
  expect(first.count).toBe(0)
  expect(first.shift()).toBeUndefined()

  for (let timestamp = 0; timestamp < 1000; timestamp++) second.push(event(timestamp), timestamp)
  expect(second).toMatchObject({ count: 1000, coalescedCount: 0 })
  expect(budget.isSpent).toBe(true)
  second.shift()
  expect(budget.isSpent).toBe(false)
})

test('an Event takes up more of the budget the more producers it lists, unless the one before it has the same list', () => {
  const budget = new EventBudget(1000)
  const queue = new EventQueue(5000, budget)
  const producers = Array.from({ length: 160 }, (_, index) => index)
  for (let timestamp = 0; timestamp < 900; timestamp++) queue.push({ ...event(timestamp), producers }, timestamp)
  expect(queue).toMatchObject({ count: 900, coalescedCount: 0 })

  for (let timestamp = 0; timestamp < 5000; timestamp++) {
    queue.push({ ...event(timestamp), producers: [...producers] }, timestamp)
  }
  // 11 places each, and never fewer than the reserve.
  expect(queue.count).toBe(queueEventsReserved)

  queue.clear()
  for (let timestamp = 0; timestamp < 5000; timestamp++) queue.push(event(timestamp), timestamp)
  expect(queue.count).toBe(1000)
})
