/** Makes commander's complaints about wrong usage sound like the rest of `slung` and `slung-test`. */
import { listWords } from './words.ts'

/**
 * One line: what is wrong, what was probably meant, and where to find help.
 *
 * @param command - the whole command, such as `slung send`
 * @example formatUsageError("error: unknown option '--lnger'\n(Did you mean --linger?)", 'slung send')
 * // "slung send: unknown option '--lnger' (Did you mean --linger?); see "slung send --help"\n"
 */
export function formatUsageError(text: string, command: string): string {
  const sentence = text
    .trim()
    .replace(/^error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace(/ is invalid\. /, ' is invalid: ')
    .replace(/Allowed choices are (.+)\.$/, (_, choices: string) => `expected ${listWords(choices.split(', '), 'or')}`)
    .replace(/^too many arguments(.*)\. Expected (.+)\.$/, 'too many arguments$1: expected $2')
  return `${command}: ${sentence}; see "${command} --help"\n`
}
