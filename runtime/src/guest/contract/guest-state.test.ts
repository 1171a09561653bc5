import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyChanges } from '../../engine/model/state-values.ts'
import { HostRefusal } from './guest-host.ts'
import { GuestState } from './guest-state.ts'

const bytes = (length: number, fill = 1): Uint8Array => new Uint8Array(length).fill(fill)

test('values are kept by key until they are deleted', () => {
  const state = new GuestState([['a', bytes(2)]])
  state.set('ü', bytes(0))
  expect([state.get('a'), state.get('ü'), state.get('b')]).toEqual([bytes(2), bytes(0), undefined])
  state.delete('a')
  state.delete('never set')
  expect([...state.values]).toEqual([['ü', bytes(0)]])
})

test('changes are told once, the last value of each key', () => {
  const state = new GuestState([['a', bytes(1)]])
  expect(state.takeChanges()).toEqual([])
  state.set('b', bytes(1))
  state.set('b', bytes(2))
  state.delete('a')
  state.delete('never set')
  expect(state.takeChanges()).toEqual([
    ['b', bytes(2)],
    ['a', null],
  ])
  expect(state.takeChanges()).toEqual([])
})

test('keys and values together have a limit, and what is beyond it changes nothing', () => {
  const state = new GuestState()
  state.set('a', bytes(65_535))
  expect(() => state.set('b', bytes(0))).toThrow(
    new HostRefusal('cannot set "b": the state would take 65,537 bytes, at most 65,536 are allowed'),
  )
  expect(() => state.set('a', bytes(65_536))).toThrow('65,537 bytes')
  expect([...state.values]).toEqual([['a', bytes(65_535)]])
  state.set('a', bytes(65_534))
  state.set('b', bytes(0))
  expect(state.takeChanges()).toHaveLength(2)
})

test.each(['', 'ü'.repeat(129)])('%j is no key', (key) => {
  const state = new GuestState()
  for (const call of [() => state.get(key), () => state.set(key, bytes(1)), () => state.delete(key)]) {
    expect(call).toThrow(/^cannot (?:get|set|delete) a key of (?:0|258) bytes: expected from 1 to 256 bytes of UTF-8$/)
  }
  expect(state.takeChanges()).toEqual([])
})

test('law: the changes of all moments make the state, which never exceeds the limit', () => {
  const key = fc.constantFrom('a', 'b', 'ü', 'x'.repeat(256))
  const value = fc.integer({ min: 0, max: 40_000 }).map((length) => bytes(length, length % 256))
  const step = fc.oneof(
    fc.record({ key, value }),
    fc.record({ key, value: fc.constant(null) }),
    fc.constant('take' as const),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const state = new GuestState()
      const told = new Map<string, Uint8Array>()
      const model = new Map<string, Uint8Array>()
      const size = (): number =>
        [...model].reduce((sum, [name, held]) => sum + Buffer.byteLength(name) + held.length, 0)
      for (const each of steps) {
        if (each === 'take') applyChanges(told, state.takeChanges())
        else if (each.value === null) {
          state.delete(each.key)
          model.delete(each.key)
        } else {
          const before = model.get(each.key)
          model.set(each.key, each.value)
          const fits = size() <= 65_536
          if (fits) state.set(each.key, each.value)
          else {
            expect(() => state.set(each.key, each.value)).toThrow(HostRefusal)
            if (before === undefined) model.delete(each.key)
            else model.set(each.key, before)
          }
        }
      }
      applyChanges(told, state.takeChanges())
      expect(new Map(state.values)).toEqual(model)
      expect(told).toEqual(model)
    }),
  )
})
