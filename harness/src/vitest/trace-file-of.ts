/** Where the trace of a test goes: a path that says what it is of. */
import { join, relative, resolve } from 'node:path'
import type { Spec } from '../spec-file/spec.ts'

/** The folder of traces, in the current one. */
export const tracesFolder = '.slung/traces'

/**
 * @param index - of the test in the spec: names may differ in what a path does not keep
 * @param workflow - its short name, where the spec has several
 */
export function traceFileOf(spec: Spec, index: number, workflow: string): string {
  const names = [spec.tests[index]!.name, ...(workflow === '' ? [] : [workflow])]
  return pathOf(resolve(spec.file).replace(/\.slung\.yaml$/, ''), index + 1, names)
}

/** @param number - of the replay among those of its file, from 1 */
export function traceFileOfReplay(testFile: string, testName: string, number: number): string {
  return pathOf(testFile.replace(/\.[cm]?[jt]sx?$/, ''), number, [testName])
}

function pathOf(tests: string, number: number, names: readonly string[]): string {
  const folder = relative(process.cwd(), tests)
    .split(/[\\/]/)
    .filter((part) => part !== '..')
  return join(tracesFolder, ...folder, `${[number, ...names.map(slug)].join('-')}.jsonl`)
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 60)
}
