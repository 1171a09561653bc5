/** Reads a spec file: YAML text → located tree (`located.ts`) → frozen values (`spec.ts`), with all problems at once. */
import { dirname, resolve } from 'node:path'
import { suggest } from '@slung/runtime'
import { readYaml, type Located, type Report } from './located.ts'
import { parseAnswers } from './parse-answers.ts'
import { defaultsOfAll, parseDefaults } from './parse-defaults.ts'
import { parseInput, type SpecPlace } from './parse-input.ts'
import { parseTest } from './parse-test.ts'
import { placeOf, readFields, readList, readName, readOneOrMore, type Fields } from './read-located.ts'
import { SpecError, type SpecProblem } from './spec-error.ts'
import { specKeys } from './spec-keys.ts'
import type { SameAs, Spec, SpecTest, WorkflowBuild } from './spec.ts'

/**
 * @param text - the whole file
 * @param file - its path, for messages and as what relative paths in it start from
 * @throws {SpecError} with everything that is wrong with it
 */
export function parseSpec(text: string, file: string): Spec {
  const problems: SpecProblem[] = []
  const report: Report = (at, message) => problems.push({ ...placeOf(at), message })
  const root = readYaml(text, report)
  if (root === null && problems.length === 0) {
    report({ line: 1, column: 1 }, 'the spec is empty, expected a mapping with workflow, input and tests')
  }
  const fields = root && readFields(root, 'a spec', specKeys.spec, report)
  const spec = fields && parseFields(fields, file, report)
  const [first, ...others] = problems
  if (spec === null || first !== undefined) throw new SpecError(file, [first!, ...others])
  return deepFreeze(spec)
}

/** Makes a tree of plain objects and arrays unchangeable, to its leaves. */
export function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) deepFreeze(part)
  }
  return value
}

function parseFields(fields: Fields, file: string, report: Report): Spec {
  const directory = dirname(resolve(file))
  const workflows = parseWorkflows(fields, directory, report)
  return {
    file,
    workflows,
    builds: fields.read('build', (at) => parseBuilds(at, workflows, directory, report)) ?? [],
    input: fields.read('input', (at) => parseInput(at, { file, directory }, report)) ?? [],
    http: fields.read('http', (at) => parseAnswers(at, report)) ?? [],
    tests: parseTests(fields, { file, directory }, report),
  }
}

function parseWorkflows(fields: Fields, directory: string, report: Report): string[] {
  const located = fields.get('workflow')
  if (located === undefined) {
    report(fields, 'the spec has no "workflow": expected the path of a .wasm file, or a list of them')
    return []
  }
  return readOneOrMore(located, '"workflow" of the spec', 'at least one path', report).flatMap((item) => {
    const path = readName(item, '"workflow" of the spec', report)
    return path === null ? [] : [resolve(directory, path)]
  })
}

/**
 * One command that makes all workflows, or one for each, by path.
 *
 * @param workflows - absolute paths
 */
function parseBuilds(
  located: Located,
  workflows: readonly string[],
  directory: string,
  report: Report,
): WorkflowBuild[] {
  if (located.kind !== 'mapping') {
    const command = readName(located, '"build" of the spec', report)
    return command === null ? [] : [{ command, workflows, ...placeOf(located) }]
  }
  return located.entries.flatMap((entry) => {
    const command = readName(entry.value, `"build" of ${entry.key}`, report)
    const workflow = resolve(directory, entry.key)
    if (!workflows.includes(workflow)) {
      report(entry, `"build" names ${entry.key}, which is not among the workflows of the spec`)
    }
    return command === null ? [] : [{ command, workflows: [workflow], ...placeOf(entry) }]
  })
}

function parseTests(fields: Fields, place: SpecPlace, report: Report): SpecTest[] {
  const located = fields.get('tests')
  if (located === undefined) {
    report(fields, 'the spec has no "tests": expected a list of tests')
    return []
  }
  const list = readList(located, '"tests" of the spec', 'a list of tests', report, 'at least one test')
  const defaults = parseDefaults(fields, defaultsOfAll, report)
  const tests = list?.flatMap((item) => parseTest(item, defaults, place, report) ?? []) ?? []
  const lines = new Map<string, number>()
  for (const test of tests) {
    const first = lines.get(test.name)
    if (first === undefined) lines.set(test.name, test.line)
    else if (test.name !== '')
      report(test, `the test on line ${first} is also called "${test.name}": expected distinct names`)
    if (test.input === null && !fields.has('input')) {
      report(test, `test "${test.name}" has no "input": expected fixtures, here or in the spec`)
    }
  }
  for (const { name, sameAs } of tests) if (sameAs !== null) checkSameAs(name, sameAs, tests, report)
  return tests
}

function checkSameAs(name: string, sameAs: SameAs, tests: readonly SpecTest[], report: Report): void {
  const names = tests.map((test) => test.name)
  const other = tests.find((test) => test.name === sameAs.name)
  if (other === undefined) {
    const meant = suggest(sameAs.name, names)
    const hint = meant === null ? '' : `; did you mean "${meant}"?`
    report(sameAs, `"same_as" names "${sameAs.name}", but there is no such test${hint}`)
  } else if (sameAs.name === name) {
    report(sameAs, '"same_as" names the test itself, expected another test')
  }
}
