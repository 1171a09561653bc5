import fc from 'fast-check'
import { expect, test } from 'vitest'
import { suggest } from './suggest.ts'

const columns = ['timestamp', 'series', 'value', 'producer', 'tags', 'arrives']

test('one typing slip is near', () => {
  expect(suggest('valu', columns)).toBe('value')
  expect(suggest('vallue', columns)).toBe('value')
  expect(suggest('vakue', columns)).toBe('value')
  expect(suggest('vlaue', columns)).toBe('value')
  expect(suggest('VALUE', columns)).toBe('value')
})

test('long words may have several slips', () => {
  expect(suggest('tiemstmap', columns)).toBe('timestamp')
  expect(suggest('prodcuers', columns)).toBe('producer')
})

test('nothing is suggested for a word that resembles no candidate', () => {
  expect(suggest('humidity', columns)).toBeNull()
  expect(suggest('MEAN', ['AVG', 'MIN', 'MAX', 'SUM', 'COUNT'])).toBeNull()
  expect(suggest('', columns)).toBeNull()
  expect(suggest('x', ['y'])).toBeNull()
  expect(suggest('value', [])).toBeNull()
})

test('of several near words the nearest is suggested, the first one among equals', () => {
  expect(suggest('series', ['serie', 'Series', 'series2'])).toBe('Series')
  expect(suggest('cat', ['car', 'can'])).toBe('car')
})

test('every change of one letter in a word of two or more leads back to it', () => {
  const word = fc.string({ unit: fc.constantFrom(...'abcdefgh'), minLength: 2, maxLength: 12 })
  const changed = word.chain((text) =>
    fc
      .nat(text.length - 1)
      .chain((index) =>
        fc.tuple(
          fc.constant(text),
          fc.constantFrom(
            text.slice(0, index) + text.slice(index + 1),
            `${text.slice(0, index)}z${text.slice(index)}`,
            `${text.slice(0, index)}z${text.slice(index + 1)}`,
          ),
        ),
      ),
  )

  fc.assert(
    fc.property(changed, ([text, typed]) => {
      expect(suggest(typed, ['#########', text])).toBe(text)
    }),
  )
})
