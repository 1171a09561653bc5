import { expect, test } from 'vitest'
import { escapeUnprintable, printable } from './printable.ts'

const foreign = 'a\tb\nc\u001b[31m\u0085\u2028\u202ed\ud83d'

test('printable text has the length of what it shows', () => {
  expect(printable(foreign)).toBe('a b c\ufffd[31m\ufffd \ufffdd\ufffd')
  expect(printable(foreign)).toHaveLength(foreign.length)
})

test('escaped text says what was there', () => {
  expect(escapeUnprintable(foreign)).toBe(String.raw`a\u0009b\u000ac\u001b[31m\u0085\u2028\u202ed\ud83d`)
})

test('letters of every script, and characters of two units, stay', () => {
  expect(printable('é温度😀 “x” שלום')).toBe('é温度😀 “x” שלום')
  expect(escapeUnprintable('é温度😀 “x” שלום')).toBe('é温度😀 “x” שלום')
})
