/** The names of workflows in logs, metrics and `/workflows`. */
import { basename } from 'node:path'
import { SlungError } from '../../engine/model/slung-error.ts'
import { printable } from '../../engine/text/printable.ts'
import { quote } from '../../engine/text/quote.ts'

/** It stands in every line of the workflow's log. */
const nameUnitsMax = 200

/** The default name of a workflow: its file's, without `.wasm`. */
export function nameFromFile(file: string): string {
  return printable(basename(file).replace(/\.wasm$/i, ''))
}

/** Returns a name unchanged. @throws {SlungError} `bad-workflow-name` */
export function parseWorkflowName(name: string): string {
  if (name.trim() !== '' && name === printable(name) && name.length <= nameUnitsMax) return name
  throw new SlungError(
    'bad-workflow-name',
    `the workflow's name is ${name === '' ? 'empty' : quote(name)}, ` +
      `expected a name of at most ${nameUnitsMax} characters, without control characters`,
  )
}
