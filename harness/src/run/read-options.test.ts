import { expect, test } from 'vitest'
import { badOption, checkNumbers, readDuration, readTime } from './read-options.ts'

const circle: { self?: object } = {}
circle.self = circle

test.each([
  ['10', '"10"'],
  [Number.NaN, 'NaN'],
  [5n, '5n'],
  [undefined, 'undefined'],
  [Symbol('x'), 'Symbol(x)'],
  [new Date(0), '1970-01-01T00:00:00.000Z'],
  [circle, '<ref *1> { self: [Circular *1] }'],
])('an option of the wrong kind is shown whatever it is: %o', (found, shown) => {
  expect(badOption('replay', 'every', found, 'a duration').message).toBe(
    `cannot replay: every is ${shown}, expected a duration`,
  )
})

test('values that JSON does not have are refused like others', () => {
  expect(() => readDuration('replay', 'every', 10n as never)).toThrow('every is 10n, expected a duration such as 10s')
  expect(() => readTime('replay', 'start', new Date(0) as never)).toThrow('start is 1970-01-01T00:00:00.000Z, expected')
  expect(() => checkNumbers('replay', { min: 5n as never })).toThrow('min is 5n, expected a number')
})
