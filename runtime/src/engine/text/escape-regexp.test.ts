import fc from 'fast-check'
import { expect, test } from 'vitest'
import { escapeRegExp } from './escape-regexp.ts'

test('letters, digits and spaces stay readable', () => {
  expect(escapeRegExp('50% (max), a-b/c')).toBe(String.raw`50% \(max\), a-b/c`)
})

test('law: the expression matches its text, and all of it', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...String.raw`\^$.*+?()[]{}|-/a0 `) }), (text) => {
      expect(new RegExp(`^${escapeRegExp(text)}$`).exec(text)?.[0]).toBe(text)
    }),
  )
})
