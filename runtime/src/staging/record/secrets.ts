/**
 * What looks like a secret, by its name or by its form. A recording is a file that people commit, so a name that merely
 * might mean one counts: that costs a comparison, not a key.
 */

/** Names that mark a secret anywhere in a longer name (`stripe_secret_key`), reduced to its letters. */
const secretWord =
  /secret|passw(?:or)?d|passphrase|passcode|authorization|credential|(?:api|access|private|auth|account)key/
/** Names that mark a secret at the end (`accessToken`, but not `tokenCount`) or alone. */
const secretEnd = /(?:token|signature|cookie|bearer|jwt)$|^(?:auth|authcode|pass|pwd|sig|otp|pin|sid|session(?:id)?)$/
/** Words that mean a key in a query string, but anything elsewhere. */
const secretParameter = /^(?:key|code|appid)$/
/** Keys are long and mixed; names that people choose have words, and dates and counters have no letters. */
const secretRun = /[a-z0-9]{20,}/gi

/** Whether a member of JSON, a variable or a field of a form by this name holds a secret. */
export function isSecretName(name: string): boolean {
  const letters = name.toLowerCase().replaceAll(/[^a-z]/g, '')
  return secretWord.test(letters) || secretEnd.test(letters)
}

/** The same for a parameter of a query string. */
export function isSecretParameter(name: string): boolean {
  return isSecretName(name) || secretParameter.test(name.toLowerCase())
}

/** Whether a part of a URL is a key, whatever its name: 20 letters and digits or more, mixed. */
export function looksSecret(text: string): boolean {
  return (text.match(secretRun) ?? []).some((run) => /[a-z]/i.test(run) && /\d/.test(run))
}
