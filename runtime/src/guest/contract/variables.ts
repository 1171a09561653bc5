/** Environment variables of workflows. Values are often secrets: no message here contains one. */
import { SlungError } from '../../engine/model/slung-error.ts'
import { quote } from '../../engine/text/quote.ts'

/** Returns a name unchanged. @throws {SlungError} `bad-variable` */
export function parseVariableName(name: string): string {
  if (name !== '' && !/[=\0]/.test(name)) return name
  const found = name === '' ? 'is empty' : `${quote(name.split('=')[0]!)} is followed by = or contains a NUL`
  throw new SlungError('bad-variable', `the variable's name ${found}, expected a name alone, such as API_KEY`)
}

/** Returns a value unchanged. @throws {SlungError} `bad-variable` for a NUL, which would end it in the guest */
export function parseVariableValue(value: string): string {
  if (!value.includes('\0')) return value
  throw new SlungError('bad-variable', 'the value of the variable contains a NUL, which an environment cannot hold')
}

/**
 * Splits `KEY=VALUE`; the value may be empty and may contain further `=`.
 *
 * @throws {SlungError} `bad-variable`
 */
export function parseAssignment(text: string): readonly [name: string, value: string] {
  const end = text.indexOf('=')
  if (end > 0) return [parseVariableName(text.slice(0, end)), parseVariableValue(text.slice(end + 1))]
  throw new SlungError('bad-variable', `found ${end === 0 ? 'no name before =' : 'no ='}, expected KEY=VALUE`)
}
