/**
 * What looks like a secret, by its name or by its form. A recording is a file that people commit, so a name that merely
 * might mean one counts: that costs a comparison, not a key.
 */
import { looksRandom } from './looks-random.ts'

/** Names that mark a secret anywhere in a longer name (`stripe_secret_key`), reduced to its letters. */
const secretWord = new RegExp(
  'secret(?!ar|iv|ion)|passw(?:or)?d|passphrase|passcode|authorization|credential|' +
    '(?:api|access|private|auth|account|encryption|signing|master|shared)key',
)
/** Names that mark a secret at the end (`accessToken`, but not `tokenCount`) or alone. */
const secretEnd =
  /(?:token|signature|cookie|bearer|jwt)$|^(?:auth|authcode|xauth|pass|pwd|sig|otp|pin|sid|session(?:id|key)?)$/
/** The same for several; counts of tokens have such names too. */
const secretsEnd =
  /^(?!max|min|num|total|prompt|completion|input|output|cached|used)\w*(?:token|signature|cookie|jwt)s$/
/** Words that mean a key in a query string, but anything elsewhere. */
const secretParameter = /^(?:key|code|appid)$/
/** Keys are long and mixed; names that people choose have words, and dates and counters have no letters. */
const secretRun = /[a-z0-9]{20,}/gi
/** Names of what is a text of several words, or of a whole line. */
const wordsName = /passw(?:or)?d|passphrase|passcode|secret|credential|^(?:pass|pwd)$/
const lineName = /authorization|cookie/

/** Whether a member of JSON, a variable or a field of a form by this name holds a secret. */
export function isSecretName(name: string): boolean {
  const letters = lettersOf(name)
  return letters.length > 2 && (secretWord.test(letters) || secretEnd.test(letters))
}

/** Whether a list by this name holds secrets; numbers by this name are counts. */
export function isSecretsName(name: string): boolean {
  return secretsEnd.test(lettersOf(name))
}

/** The same as `isSecretName` for a parameter of a query string. */
export function isSecretParameter(name: string): boolean {
  return isSecretName(name) || isSecretsName(name) || secretParameter.test(name.toLowerCase())
}

/** How far a secret by this name extends where nothing encloses it. */
export function extentOf(name: string): 'word' | 'words' | 'line' {
  const letters = lettersOf(name)
  if (lineName.test(letters)) return 'line'
  return wordsName.test(letters) ? 'words' : 'word'
}

/** Whether a part of a URL is a key, whatever its name: 20 letters and digits or more, mixed. */
export function looksSecret(text: string): boolean {
  return (text.match(secretRun) ?? []).some((run) => /[a-z]/i.test(run) && /\d/.test(run)) || looksRandom(text)
}

const hookSegment = /^(?:incoming)?(?:web)?hooks?(?:b2)?$|^bot\d+:/i

/**
 * Which segments of a path are secrets: keys, and whatever follows the word `webhook` and is no word, because whoever
 * knows the address of a webhook can call it.
 */
export function secretSegments(path: readonly string[]): boolean[] {
  const hook = path.findIndex((segment) => hookSegment.test(segment))
  return path.map((segment, index) => {
    if (looksSecret(segment)) return true
    if (hook < 0 || index < hook) return false
    return index === hook ? segment.includes(':') : segment.length >= 6 && /\d/.test(segment)
  })
}

function lettersOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z]/g, '')
}
