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
  const file = relative(process.cwd(), resolve(spec.file)).replace(/\.slung\.yaml$/, '')
  const folder = file.split(/[\\/]/).filter((part) => part !== '..')
  const name = [String(index + 1), slug(spec.tests[index]!.name), ...(workflow === '' ? [] : [slug(workflow)])].join(
    '-',
  )
  return join(tracesFolder, ...folder, `${name}.jsonl`)
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 60)
}
