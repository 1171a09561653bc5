import fc from 'fast-check'
import { expect, test } from 'vitest'
import { quote, quoteJson, shorten, shortenAndCount } from './quote.ts'

test('a short text stays as it is', () => {
  expect(shorten('abc', 3)).toBe('abc')
  expect(shortenAndCount('abc', 3)).toBe('abc')
})

test('a long text is cut, and an ellipsis stands for the rest', () => {
  expect(shorten('abcdef', 3)).toBe('abc…')
  expect(shortenAndCount('abcdef', 3)).toBe('abc… (3 more)')
})

test('no character is cut in half', () => {
  expect(shorten('ab😀cd', 3)).toBe('ab…')
  expect(shorten('ab😀cd', 4)).toBe('ab😀…')
  expect(shortenAndCount('ab😀cd', 3)).toBe('ab… (4 more)')
  expect(quote(`${'a'.repeat(39)}😀`)).toBe(`"${'a'.repeat(39)}…"`)
  expect(quoteJson('ab😀cd', 3)).toBe('"ab…"')

  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, unitsMax) => {
      fc.pre(text.isWellFormed())
      expect(shorten(text, unitsMax).isWellFormed()).toBe(true)
    }),
  )
})

test('a piece of a source is quoted as it stands there', () => {
  expect(quote(String.raw`say "\x"`)).toBe(String.raw`"say "\x""`)
  expect(quote('one\ntwo\u001b[31m')).toBe('"one two\ufffd[31m"')
})

test('a value is quoted so that every character is recognisable', () => {
  expect(quoteJson('say "\\x"\u001b\u202e\ud800', 40)).toBe(String.raw`"say \"\\x\"\u001b\u202e\ud800"`)
})
