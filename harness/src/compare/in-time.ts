/**
 * A deadline for comparisons. The regular expression of a placeholder may try more ways than there is time, as `^(a+)+$` does twice
 * as many with each letter of the text, and nothing on this thread could interrupt it.
 */
import { createContext, Script } from 'node:vm'
import { SlungError } from '@slung/runtime'

/**
 * Performs a comparison, which must not wait for anything.
 *
 * @param millisMax - of real time; 20 s unless given, decades of what ordinary comparisons need
 * @throws {SlungError} `bad-placeholder` when it takes longer, with the expression that was tried last; what `compare` throws
 */
export function inTime<Result>(compare: () => Result, millisMax: number = millisMaxDefault): Result {
  // The outermost deadline is the one that counts.
  if (guarded !== null) return compare()
  const tried: Tried = { expression: null, length: 0 }
  guarded = tried
  realm.compare = compare
  try {
    return call.runInContext(realm, { timeout: millisMax }) as Result
  } catch (error) {
    // It is not an instance of our Error: it comes from the realm of the script.
    if ((error as { readonly code?: unknown } | null)?.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    throw refusal(tried, millisMax, error)
  } finally {
    guarded = null
    realm.compare = noComparison
  }
}

/** Whether the expression is found somewhere in the text. @throws {SlungError} as `inTime` */
export function isFound(expression: RegExp, text: string): boolean {
  if (guarded === null) return inTime(() => isFound(expression, text))
  guarded.expression = expression
  guarded.length = text.length
  return expression.test(text)
}

interface Tried {
  expression: RegExp | null
  length: number
}

/** `null` outside of `inTime`. */
let guarded: Tried | null = null

const noComparison = (): unknown => undefined
/** Only calls that begin in a script of their own have a deadline; what they call has it, too. */
const realm = createContext({ compare: noComparison })
const call = new Script('compare()')

const millisMaxDefault = 20_000

function refusal({ expression, length }: Tried, millisMax: number, cause: unknown): SlungError {
  const found =
    expression === null
      ? 'the comparison with what is expected'
      : `the placeholder "<${String(expression)}>", tried on a text of ${length} characters,`
  return new SlungError(
    'bad-placeholder',
    `${found} takes longer than ${millisMax / 1000} s; expected a regular expression without a repetition inside ` +
      'another, as in (a+)+, and with few repetitions in a row',
    { cause },
  )
}
