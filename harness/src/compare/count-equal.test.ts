import type { Writeback } from '@slung/runtime'
import { expect, test } from 'vitest'
import { countEqual } from './count-equal.ts'

const producers = new Map([[1, 'edge-a']])
const ws = (at: number, text: string): Writeback => ({ kind: 'ws', at, producer: 1, text })
const runOf = (...writebacks: Writeback[]): Parameters<typeof countEqual>[0] => ({
  writebacks: writebacks.map((entry) => ({ ...entry, cause: null })),
  producers,
})

test('writebacks are equal when they came at the same time with the same content', () => {
  const one = runOf(ws(1, 'high'), ws(2, 'normal'), ws(3, 'high'))
  expect(countEqual(one, one)).toBe(3)
  expect(countEqual(one, runOf(ws(2, 'normal'), ws(4, 'high')))).toBe(1)
  expect(countEqual(one, runOf())).toBe(0)
})

test('each has one partner, and bodies in JSON are equal as JSON', () => {
  expect(countEqual(runOf(ws(1, 'a'), ws(1, 'a')), runOf(ws(1, 'a')))).toBe(1)
  expect(countEqual(runOf(ws(1, '{"a":1,"b":2}')), runOf(ws(1, '{ "b": 2, "a": 1 }')))).toBe(1)
})

test('one writeback more does not shift those after it, however many there are', () => {
  const many = Array.from({ length: 5000 }, (_, index) => ws(index, `${index}`))
  expect(countEqual(runOf(...many), runOf(ws(-1, 'first'), ...many.slice(0, 4000)))).toBe(4000)
})
