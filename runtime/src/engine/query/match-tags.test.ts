import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchesTags } from './match-tags.ts'
import { parseQuery } from './parse-query.ts'

test('no tags at all means every series', () => {
  expect(matches('', [])).toBe(true)
  expect(matches('', ['host=a'])).toBe(true)
})

test('a tag is compared as a whole', () => {
  expect(matches('host=a', ['host=a', 'muted'])).toBe(true)
  expect(matches('muted', ['host=a', 'muted'])).toBe(true)
  expect(matches('host=a', ['host=ab'])).toBe(false)
  expect(matches('host', ['host=a'])).toBe(false)
  expect(matches('Host=a', ['host=a'])).toBe(false)
})

test('a series without tags matches every NOT', () => {
  expect(matches('NOT muted', [])).toBe(true)
  expect(matches('muted', [])).toBe(false)
})

test('the cases of the documentation of Slung', () => {
  expect(matches('env=prod AND host=h-9', ['env=prod', 'host=h-9'])).toBe(true)
  expect(matches('service=db OR NOT muted', ['service=db'])).toBe(true)
  expect(matches('service=db OR NOT muted', ['muted=false'])).toBe(true)
  expect(matches('service=db OR NOT muted', ['muted'])).toBe(false)
})

test('any list of tags and operators is evaluated from left to right', () => {
  fc.assert(
    fc.property(levels, fc.subarray(names), (level, tags) => {
      expect(matches(writeLevel(level), tags)).toBe(evaluate(level, tags))
    }),
    { numRuns: 500 },
  )
})

/** One level as a list, evaluated in one pass; the operator of the first step is unused. */
type Level = readonly { operator: 'AND' | 'OR' | ',' | 'NOT'; notCount: number; operand: string | Level }[]

const names = ['a', 'b', 'c', 'host=x', 'and']

// A query may have at most 32 tags.
const { level: levels } = fc.letrec<{ level: Level; operand: string | Level }>((tie) => ({
  level: fc
    .array(
      fc.record({
        operator: fc.constantFrom('AND', 'OR', ',', 'NOT'),
        notCount: fc.nat(2),
        operand: tie('operand'),
      }),
      { minLength: 1, maxLength: 5 },
    )
    .filter((level) => countTags(level) <= 32),
  operand: fc.oneof({ maxDepth: 2, withCrossShrink: true }, fc.constantFrom(...names), tie('level')),
}))

function countTags(level: Level): number {
  return level.reduce((sum, { operand }) => sum + (typeof operand === 'string' ? 1 : countTags(operand)), 0)
}

function writeLevel(level: Level): string {
  return level
    .map(({ operator, notCount, operand }, index) => {
      const written = typeof operand === 'string' ? `"${operand}"` : `(${writeLevel(operand)})`
      return `${index === 0 ? '' : operator} ${'not '.repeat(notCount)}${written}`
    })
    .join(' ')
}

function evaluate(level: Level, tags: readonly string[]): boolean {
  let result = true
  for (const [index, { operator, notCount, operand }] of level.entries()) {
    let value = typeof operand === 'string' ? tags.includes(operand) : evaluate(operand, tags)
    for (let count = 0; count < notCount; count++) value = !value
    if (index === 0) result = value
    else if (operator === 'OR') result = result || value
    else if (operator === 'NOT') result = result && !value
    else result = result && value
  }
  return result
}

function matches(tagsText: string, tags: readonly string[]): boolean {
  return matchesTags(parseQuery(`AVG:temp:[${tagsText}]`).tags, tags)
}
