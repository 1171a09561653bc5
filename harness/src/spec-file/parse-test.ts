/** One entry of `tests:`. */
import { listWords } from '@slung/runtime'
import type { ReplayOutcome } from '../run/replay-run.ts'
import type { Located, Report } from './located.ts'
import { parseAnswers } from './parse-answers.ts'
import { parseExpectation } from './parse-expectation.ts'
import { parseChecks } from './parse-check.ts'
import { parseDefaults } from './parse-defaults.ts'
import { parseInput, type SpecPlace } from './parse-input.ts'
import {
  placeOf,
  readExpectedText,
  readFields,
  readFlag,
  readList,
  readName,
  readWord,
  scalarOf,
  type Fields,
} from './read-located.ts'
import { specKeys } from './spec-keys.ts'
import type { ExpectedLine, SameAs, SpecDefaults, SpecTest } from './spec.ts'

const outcomes: readonly ReplayOutcome[] = ['drained', 'returned', 'undelivered', 'runaway', 'trapped', 'stuck']

/** @param defaults - what the spec says for all of its tests */
export function parseTest(located: Located, defaults: SpecDefaults, place: SpecPlace, report: Report): SpecTest | null {
  const fields = readFields(located, 'a test', specKeys.test, report)
  if (fields === null) return null
  const test: SpecTest = {
    name: parseName(fields, report),
    ...parseDefaults(fields, defaults, report),
    input: fields.read('input', (at) => parseInput(at, place, report)),
    http: fields.read('http', (at) => parseAnswers(at, report)) ?? [],
    ...parseExpect(fields.get('expect'), report),
    checks: fields.read('check', (at) => parseChecks(at, report)) ?? [],
    anyOrder: readFlag(fields.get('any_order'), '"any_order" of a test', report),
    atLeast: readFlag(fields.get('at_least'), '"at_least" of a test', report),
    exit: fields.read('exit', (at) => parseExit(at, report)),
    log: fields.read('log', (at) => parseLog(at, report)),
    ...placeOf(located),
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

function parseExpect(
  located: Located | undefined,
  report: Report,
): Pick<SpecTest, 'expectations' | 'snapshot' | 'sameAs'> {
  const nothing = { expectations: null, snapshot: false, sameAs: null }
  if (located === undefined) return nothing
  if (scalarOf(located) === 'snapshot') return { ...nothing, snapshot: true }
  if (located.kind === 'mapping') return { ...nothing, sameAs: parseSameAs(located, report) }
  const forms = 'a list of writebacks ([] = none at all), snapshot or { same_as: another test }'
  const list = readList(located, '"expect" of a test', forms, report)
  return { ...nothing, expectations: list?.flatMap((item) => parseExpectation(item, report)) ?? null }
}

function parseSameAs(located: Located, report: Report): SameAs | null {
  const fields = readFields(located, '"expect" of a test', specKeys.sameAs, report)
  const other = fields?.get('same_as')
  if (fields !== null && other === undefined)
    report(located, '"expect" of a test has no "same_as": expected the name of a test')
  const name = other && readName(other, '"same_as"', report)
  return name ? { name, ...placeOf(other) } : null
}

function parseExit(located: Located, report: Report): number | ReplayOutcome | null {
  const value = scalarOf(located)
  if (typeof value === 'number' && Number.isInteger(value)) {
    // What WebAssembly returns; a code that a shell or C takes for an unsigned number is negative.
    if (value === (value | 0)) return value
    const hint = value === value >>> 0 ? `; did you mean ${value | 0}?` : ''
    report(located, `"exit" of a test is ${value}, expected an integer from -2147483648 to 2147483647${hint}`)
    return null
  }
  const forms = `what call returns (an integer) or how the run ends: ${listWords(outcomes, 'or')}`
  return readWord(located, '"exit" of a test', outcomes, forms, report)
}

function parseLog(located: Located, report: Report): ExpectedLine[] | null {
  const list = readList(located, '"log" of a test', 'a list of lines', report, 'at least one line')
  if (list === null) return null
  return list.flatMap((item) => {
    const text = readExpectedText(item, 'a line of "log"', report)
    return text === null ? [] : [{ text, ...placeOf(item) }]
  })
}

/** A test that asserts nothing always passes, which is never what was meant. */
function checkAssertion(fields: Fields, test: SpecTest, report: Report): void {
  const loosened = fields.has('any_order') ? 'any_order' : fields.has('at_least') ? 'at_least' : null
  if (loosened !== null && !fields.has('expect')) {
    report(fields, `a test has "${loosened}" but no "expect" for it to loosen`)
  }
  if (loosened !== null && test.snapshot) {
    report(fields, `a test has "${loosened}", which does not loosen a snapshot: write the expected list instead`)
  }
  const { callbackP99Millis, memoryBytes, neverTraps } = test.limits
  const limits = callbackP99Millis !== null || memoryBytes !== null || neverTraps
  if (limits || test.state.after.length > 0 || ['exit', 'log', 'check'].some((key) => fields.has(key))) return
  const name = test.name === '' ? 'a test' : `test "${test.name}"`
  if (!fields.has('expect')) {
    report(
      fields,
      `${name} asserts nothing: expected "expect" (a list of writebacks, [] = none), "check", "exit", "log", "limits" ` +
        'or "after" of "state"',
    )
  } else if (test.atLeast && test.expectations?.length === 0) {
    report(fields, `${name} asserts nothing: it expects at least no writebacks`)
  }
}
