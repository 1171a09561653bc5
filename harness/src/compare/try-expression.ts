/**
 * Runs the regular expressions of placeholders. One such as `^(a+)+$` tries twice as many ways with each letter of the text, and a
 * test would never end; so an expression that may need long runs with a deadline.
 */
import { createContext, Script } from 'node:vm'
import { SlungError } from '@slung/runtime'

/**
 * Whether the expression is found somewhere in the text.
 *
 * @param millisMax - of real time; it costs nothing unless the expression may need as long
 * @throws {SlungError} `bad-placeholder` when that cannot be decided in time
 */
export function isFound(expression: RegExp, text: string, millisMax: number = millisMaxDefault): boolean {
  if (mostSteps(expression, text) <= stepsFew) return expression.test(text)
  const known = refused.get(String(expression))
  if (known !== undefined) throw known
  try {
    return trial.runInContext(createContext({ expression, text }), { timeout: millisMax }) as boolean
  } catch (cause) {
    const refusal = new SlungError(
      'bad-placeholder',
      `cannot match the placeholder "<${String(expression)}>" with a text of ${text.length} characters within ` +
        `${millisMax / 1000} s: its regular expression tries too many ways, expected one without a repetition inside ` +
        'another, as in (a+)+, and with few repetitions in a row',
      { cause },
    )
    refused.set(String(expression), refusal)
    throw refusal
  }
}

const trial = new Script('expression.test(text)')

/** Each comparison with one of these would take as long again. */
const refused = new Map<string, SlungError>()

/** Decades of what ordinary expressions need, on a busy machine as well. */
const millisMaxDefault = 5000

/** A tenth of a second; a deadline costs as much as 100,000 steps. */
const stepsFew = 1e7

/**
 * An upper bound: each place where an expression has a choice multiplies the ways by the length of the text at most, unless a group
 * with choices is repeated.
 */
function mostSteps({ source, flags }: RegExp, text: string): number {
  // Here classes nest.
  if (flags.includes('v')) return Infinity
  const choices = source
    .replaceAll(/\\.|\[(?:\\.|[^\]\\])*\]/gs, 'x')
    .replaceAll(/\(\?(?:<?[=!]|:|<[^>]*>|[a-z-]*:)/g, '(')
    .replaceAll(/\{\d+\}/g, '+')
  if (/\)[*+?{]/.test(choices)) return Infinity
  return (text.length + 2) ** (1 + (choices.match(/[*+?{|]/g)?.length ?? 0))
}
