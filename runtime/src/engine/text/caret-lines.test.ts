import fc from 'fast-check'
import { expect, test } from 'vitest'
import { caretLines } from './caret-lines.ts'

test('the caret stands under the place', () => {
  expect(caretLines('AVG:temp', 4)).toEqual(['AVG:temp', '    ^'])
  expect(caretLines('AVG:temp', 8)).toEqual(['AVG:temp', '        ^'])
  expect(caretLines('', 0)).toEqual(['', '^'])
})

test('the caret counts columns, not UTF-16 units', () => {
  expect(caretLines('é!', 1)).toEqual(['é!', ' ^'])
  expect(caretLines('e\u0301!', 2)).toEqual(['e\u0301!', ' ^'])
  expect(caretLines('温度!', 2)).toEqual(['温度!', '    ^'])
  expect(caretLines('😀!', 2)).toEqual(['😀!', '  ^'])
})

test('what would break the line or steer the terminal is replaced', () => {
  expect(caretLines('a\tb\nc\u001b[31m!', 10)).toEqual(['a b c\ufffd[31m!', '          ^'])
  expect(caretLines('\u202eab\ud800!', 4)).toEqual(['\ufffdab\ufffd!', '    ^'])
})

test('a long query is cut to the surroundings of the place', () => {
  const query = `${'a'.repeat(100)}!${'b'.repeat(100)}`

  expect(caretLines(query, 100)).toEqual([`…${'a'.repeat(50)}!${'b'.repeat(25)}…`, `${' '.repeat(51)}^`])
  expect(caretLines(query, 2)).toEqual([`${'a'.repeat(28)}…`, '  ^'])
  expect(caretLines(query, 201)).toEqual([`…${'b'.repeat(50)}`, `${' '.repeat(51)}^`])
})

test('wherever the place is, the query stays on one line and the caret inside the terminal', () => {
  const queries = fc.string({ unit: 'binary', maxLength: 500, size: 'max' })

  fc.assert(
    fc.property(
      queries.chain((query) => fc.tuple(fc.constant(query), fc.nat(query.length))),
      ([query, offset]) => {
        const [line, caret] = caretLines(query, offset)

        expect(line).not.toMatch(/[\r\n\u2028\u2029]/)
        expect(caret).toMatch(/^ {0,76}\^$/)
      },
    ),
    { numRuns: 50 },
  )
})
