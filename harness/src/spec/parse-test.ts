/** One entry of `tests:`. */
import { suggest } from '@slung/runtime'
import type { ReplayOutcome } from '../replay/replay-run.ts'
import { found, listWords, readFields, readFlag, readList, readName, type Fields } from './fields.ts'
import type { Located, Report } from './located.ts'
import { parseAnswers } from './parse-answers.ts'
import { parseExpectation, readExpectedText } from './parse-expectation.ts'
import { parseInput } from './parse-input.ts'
import type { Expectation, ExpectedLine, SpecTest } from './spec.ts'

const keys = ['name', 'input', 'http', 'expect', 'any_order', 'at_least', 'exit', 'log']

const outcomes: readonly ReplayOutcome[] = ['drained', 'returned', 'undelivered', 'runaway', 'trapped', 'stuck']

/** @param directory - what relative paths start from */
export function parseTest(located: Located, directory: string, report: Report): SpecTest | null {
  const fields = readFields(located, 'a test', keys, report)
  if (fields === null) return null
  const input = fields.get('input')
  const http = fields.get('http')
  const test: SpecTest = {
    name: parseName(fields, report),
    input: input === undefined ? null : parseInput(input, directory, report),
    http: http === undefined ? [] : parseAnswers(http, report),
    expectations: parseExpect(fields.get('expect'), report),
    anyOrder: readFlag(fields.get('any_order'), '"any_order" of a test', report),
    atLeast: readFlag(fields.get('at_least'), '"at_least" of a test', report),
    exit: parseExit(fields.get('exit'), report),
    log: parseLog(fields.get('log'), report),
    line: located.line,
    column: located.column,
  }
  checkAssertion(fields, test, report)
  return test
}

function parseName(fields: Fields, report: Report): string {
  const name = fields.get('name')
  if (name !== undefined) return readName(name, '"name" of a test', report) ?? ''
  report(fields, 'a test has no "name": expected a sentence that says what the workflow does')
  return ''
}

function parseExpect(located: Located | undefined, report: Report): Expectation[] | null {
  if (located === undefined) return null
  const list = readList(located, '"expect" of a test', 'a list of writebacks ([] = none at all)', report)
  return list?.items.flatMap((item) => parseExpectation(item, report) ?? []) ?? null
}

function parseExit(located: Located | undefined, report: Report): number | ReplayOutcome | null {
  if (located === undefined) return null
  const value = located.kind === 'scalar' ? located.value : null
  if (typeof value === 'number' && Number.isInteger(value)) return value
  const outcome = outcomes.find((candidate) => candidate === value)
  if (outcome !== undefined) return outcome
  const meant = typeof value === 'string' ? suggest(value, outcomes) : null
  const hint = meant === null ? '' : `; did you mean ${meant}?`
  report(
    located,
    `"exit" of a test is ${found(located)}, expected what call returns (an integer) or how the run ends: ` +
      `${listWords(outcomes, 'or')}${hint}`,
  )
  return null
}

function parseLog(located: Located | undefined, report: Report): ExpectedLine[] | null {
  if (located === undefined) return null
  const list = readList(located, '"log" of a test', 'a list of lines', report)
  if (list === null) return null
  if (list.items.length === 0) report(located, '"log" of a test is an empty list, expected at least one line')
  return list.items.flatMap((item) => {
    const text = readExpectedText(item, 'a line of "log"', report)
    return text === null ? [] : [{ text, line: item.line, column: item.column }]
  })
}

/** A test that asserts nothing passes whatever the workflow does, which is never what was meant. */
function checkAssertion(fields: Fields, test: SpecTest, report: Report): void {
  const loosened = fields.has('any_order') ? 'any_order' : fields.has('at_least') ? 'at_least' : null
  if (loosened !== null && !fields.has('expect')) {
    report(fields, `a test has "${loosened}" but no "expect" for it to loosen`)
  }
  if (fields.has('exit') || fields.has('log')) return
  const name = test.name === '' ? 'a test' : `test "${test.name}"`
  if (!fields.has('expect')) {
    report(fields, `${name} asserts nothing: expected "expect" (a list of writebacks, [] = none), "exit" or "log"`)
  } else if (test.atLeast && test.expectations?.length === 0) {
    report(fields, `${name} asserts nothing: it expects at least no writebacks`)
  }
}
