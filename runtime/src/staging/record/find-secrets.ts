/**
 * Finds what looks like a secret in a text of any kind: a log sentence, a form, a header, YAML, XML, or JSON, which may
 * itself be in a string of JSON. Takes time in proportion to the length of the text, whatever is in it.
 */
import type { Letters } from './letters.ts'
import { findNamed } from './named-secrets.ts'
import { findBase64, findTokens } from './secret-tokens.ts'
import { findInUrls } from './url-secrets.ts'

/** `end` is exclusive. */
export interface FoundSecret {
  readonly start: number
  readonly end: number
  /** For people: what was found there. */
  readonly secret: string
}

/** Each search in order of place, one after the other: they may overlap. */
export function* findSecrets(text: Letters): Generator<FoundSecret, undefined> {
  yield* findNamed(text)
  yield* findTokens(text)
  yield* findBase64(text)
  yield* findInUrls(text)
}
