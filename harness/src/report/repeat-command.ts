/** The command that repeats one test of a spec. */
import { escapeRegExp } from '@slung/runtime'

/**
 * For a POSIX shell; `-t` takes a regular expression.
 *
 * @param isMatrix - the test runs with several workflows, whose names follow its own
 * @example repeatCommand('alert.slung.yaml', 'quiet', false) // npx slung-test alert.slung.yaml -t '^quiet$'
 */
export function repeatCommand(file: string, testName: string, isMatrix: boolean): string {
  const pattern = `^${escapeRegExp(testName)}${isMatrix ? String.raw` \[` : '$'}`
  return `npx slung-test ${quoteArgument(file)} -t ${quote(pattern)}`
}

/** An argument as a POSIX shell takes it, in quotes only where it needs them. */
export function quoteArgument(argument: string): string {
  return /^[\w./@%+,:=-]+$/.test(argument) ? argument : quote(argument)
}

/** Double quotes read best and are what Windows knows; inside single ones a shell leaves everything alone. */
function quote(argument: string): string {
  return /["$`\\!]/.test(argument) ? `'${argument.replaceAll("'", String.raw`'\''`)}'` : `"${argument}"`
}
