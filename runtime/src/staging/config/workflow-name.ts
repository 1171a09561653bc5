/** The names of workflows in logs, metrics and `/workflows`. */
import { basename } from 'node:path'
import { SlungError } from '../../engine/model/slung-error.ts'
import { printable } from '../../engine/text/printable.ts'
import { quote } from '../../engine/text/quote.ts'

/** The default name of a workflow: its file's, without `.wasm`. */
export function nameFromFile(file: string): string {
  return printable(basename(file).replace(/\.wasm$/i, ''))
}

/** Returns a name unchanged. @throws {SlungError} `bad-workflow-name` */
export function parseWorkflowName(name: string): string {
  if (name.trim() !== '' && name === printable(name)) return name
  throw new SlungError(
    'bad-workflow-name',
    `the workflow's name is ${name === '' ? 'empty' : quote(name)}, expected a name without control characters`,
  )
}
