import fc from 'fast-check'
import { expect, test } from 'vitest'
import { noProducer } from '../model/columns.ts'
import { Contributors } from './contributors.ts'

test('law: the named producers have a sample that was added and not yet removed, and have not closed', () => {
  const step = fc.record({
    kind: fc.constantFrom('add', 'add', 'add', 'remove', 'close'),
    producer: fc.constantFrom(noProducer, 1, 2, 10),
  })

  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const contributors = new Contributors()
      let samples: number[] = []
      for (const { kind, producer } of steps) {
        if (kind === 'add') {
          contributors.add(producer)
          samples.push(producer)
        } else if (kind === 'close') {
          contributors.close(producer)
          samples = samples.filter((other) => other !== producer)
        } else {
          contributors.remove(producer)
          const index = samples.indexOf(producer)
          if (index >= 0) samples.splice(index, 1)
        }
        const named = [...new Set(samples)].filter((other) => other !== noProducer)
        expect(contributors.list()).toEqual(named.sort((left, right) => left - right))
      }
    }),
  )
})

test('the list is the same array until a producer is added or removed', () => {
  const contributors = new Contributors()
  contributors.add(1)
  contributors.add(2)
  const list = contributors.list()

  contributors.add(1)
  contributors.remove(1)
  contributors.add(noProducer)
  expect(contributors.list()).toBe(list)

  contributors.remove(2)
  expect(contributors.list()).toEqual([1])
  expect(list).toEqual([1, 2])
})

test('of more than 1,024, the latest are named, and one left out replaces one that leaves', () => {
  const contributors = new Contributors()
  for (let producer = 1; producer <= 1026; producer++) contributors.add(producer)
  expect(contributors.list()).toEqual(numbers(3, 1026))

  contributors.add(1)
  expect(contributors.list()).toEqual([1, ...numbers(4, 1026)])

  contributors.close(500)
  expect(contributors.list()).toEqual([1, ...numbers(3, 499), ...numbers(501, 1026)])
})

function numbers(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}
