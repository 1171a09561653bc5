/** Where relative paths in a test start: at the file that calls. */
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * @param script - name of the caller's script as `getCallSites` has it; for an unknown one, the result is the current
 *   folder
 */
export function callerFolder(script: string | undefined): string {
  if (script === undefined || script === '') return process.cwd()
  return dirname(script.startsWith('file:') ? fileURLToPath(script) : script)
}
