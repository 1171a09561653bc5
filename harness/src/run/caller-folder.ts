/** Where relative paths in a test start: at the file that calls. */
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** @param script - name of the caller's script as `getCallSites` has it; the current folder stands for an unknown one */
export function callerFolder(script: string | undefined): string {
  if (script === undefined || script === '') return process.cwd()
  return dirname(script.startsWith('file:') ? fileURLToPath(script) : script)
}
