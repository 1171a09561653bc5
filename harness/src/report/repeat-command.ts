/** The command that repeats one test of a spec. */
import { escapeRegExp } from '../compare/escape-regexp.ts'

/**
 * For a POSIX shell; `-t` takes a regular expression.
 *
 * @example repeatCommand('alert.slung.yaml', 'quiet') // slung-test alert.slung.yaml -t "quiet"
 */
export function repeatCommand(file: string, testName: string): string {
  return `slung-test ${/^[\w./@%+,:=-]+$/.test(file) ? file : quote(file)} -t ${quote(escapeRegExp(testName))}`
}

/** Double quotes read best and are what Windows knows; inside of single ones a shell leaves everything alone. */
function quote(argument: string): string {
  return /["$`\\!]/.test(argument) ? `'${argument.replaceAll("'", String.raw`'\''`)}'` : `"${argument}"`
}
