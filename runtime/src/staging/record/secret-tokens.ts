/** Secrets that show by their form alone: keys of known services, JSON web tokens, private keys, and what looks random. */
import type { FoundSecret } from './find-secrets.ts'
import { endOfRun, isAt, isBase64Letter, isTokenLetter, type Letters } from './letters.ts'
import { isMixed, isWords, looksRandom } from './looks-random.ts'

const tokenLettersMin = 8
const base64LettersMin = 40
/** Of what is written after `-----BEGIN`. */
const labelUnitsMax = 40

/** How keys of well-known services begin; each with fewer letters than they have. Ends of keys are found by `isTokenLetter`. */
const knownTokens = new RegExp(
  `(?<![A-Za-z0-9])(?:${[
    '(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA)[A-Z0-9]{12}',
    'gh[pousr]_[A-Za-z0-9]{20}',
    'github_pat_\\w{20}',
    'gl(?:pat|ptt|dt|rt|cbt|soat|ft|imt|agent|oas|ffct)-[\\w-]{16}',
    'xox[a-z]-[\\w-]{10}',
    'xapp-[\\w-]{10}',
    '[srp]k_(?:live|test|prod)_[A-Za-z0-9]{10}',
    'whsec_[A-Za-z0-9]{16}',
    'AIza[\\w-]{30}',
    'GOCSPX-[\\w-]{20}',
    '(?:SK|AC|AP)[0-9a-f]{32}',
    'npm_[A-Za-z0-9]{30}',
    'pypi-[\\w-]{30}',
    'sk-[\\w-]{20}',
    'hf_[A-Za-z]{30}',
    'do[opr]_v1_[a-f0-9]{30}',
    'dapi[a-f0-9]{30}',
    'shp(?:at|ca|pa|ss)_[a-fA-F0-9]{30}',
    'sq0[a-z]{3}-[\\w-]{20}',
    'AGE-SECRET-KEY-1\\w{20}',
    'ATATT3[\\w-]{20}',
    'NRAK-[A-Z0-9]{20}',
    'gl(?:sa|c)_[\\w-]{20}',
    'lin_api_\\w{20}',
    'rubygems_[a-f0-9]{20}',
    'PMAK-[a-f0-9-]{20}',
    'EAA[A-Za-z0-9]{30}',
    'LTAI[A-Za-z0-9]{16}',
    'key-[0-9a-zA-Z]{28}',
  ].join('|')})`,
)
/** The same for keys in parts, divided by dots. */
const dottedPrefix = /(?:^|[^A-Za-z0-9])(?:SG|ya29|hv[sbr]|pt|dt0[a-z]\d\d)$/
const webToken = /(?<![A-Za-z0-9])eyJ[\w-]{7}/

/** In order, without overlaps. */
export function* findTokens(text: Letters): Generator<FoundSecret> {
  for (let at = 0; at < text.length;) {
    const end = endOfRun(text, at, isTokenLetter)
    if (end - at < 2) {
      at = end + 1
      continue
    }
    const found = tokenIn(text, at, end)
    if (found !== null) yield found
    at = found?.end ?? end
  }
}

/** @param end - of the run of token letters that begins at `start` */
function tokenIn(text: Letters, start: number, end: number): FoundSecret | null {
  const isFollowed = isAt(text, end, '.') && isTokenLetter(text.charCodeAt(end + 1))
  if (!isFollowed && end - start < tokenLettersMin) return null
  const run = text.slice(start, end)
  if (run.endsWith('-----BEGIN')) return privateKeyFrom(text, end)
  if (isFollowed) {
    const next = endOfRun(text, end + 1, isTokenLetter)
    const isDotted = next - end > 16 && dottedPrefix.test(run) && /\d/.test(text.slice(end, next))
    const begin = isDotted ? 0 : run.search(webToken)
    if (begin >= 0) {
      const what = isDotted ? 'a key in a text' : 'a JSON web token in a text'
      return { start: start + begin, end: endOfParts(text, next), secret: what }
    }
  }
  if (run.length < tokenLettersMin) return null
  const known = run.search(knownTokens)
  const begin = known < 0 && looksRandom(run) ? 0 : known
  if (begin < 0) return null
  return {
    start: start + begin,
    end: endOfPadding(text, isFollowed ? endOfParts(text, end) : end),
    secret: 'a key in a text',
  }
}

/**
 * Runs of base64 with its two letters that no other key has, also as a form encodes them. In order, without overlaps.
 */
export function* findBase64(text: Letters): Generator<FoundSecret> {
  for (let at = 0; at < text.length;) {
    const end = endOfBase64(text, at)
    // The path of a URL has its own rules.
    if (end - at >= base64LettersMin && !isAt(text, at - 1, '.') && !isAt(text, at, '//')) {
      const run = text.slice(at, end).replaceAll(encodedBase64, '+')
      if (/[+/]/.test(run) && isMixed(run) && !isWords(run)) {
        yield { start: at, end: endOfPadding(text, end), secret: 'a key in a text' }
      }
    }
    at = end + 1
  }
}

const encodedBase64 = /%2[bf]/gi

function endOfBase64(text: Letters, start: number): number {
  let end = start
  for (;;) {
    end = endOfRun(text, end, isBase64Letter)
    if (!['%2B', '%2F', '%2b', '%2f'].some((code) => isAt(text, end, code))) return end
    end += 3
  }
}

/** @param start - after `-----BEGIN` */
function privateKeyFrom(text: Letters, start: number): FoundSecret | null {
  if (!/^ [A-Z0-9 ]{0,24}PRIVATE KEY/.test(text.slice(start, start + labelUnitsMax))) return null
  const mark = '-----END'
  let end = start
  while (end < text.length && !isAt(text, end, mark)) end++
  return { start, end, secret: 'a private key in a text' }
}

/** The end of a chain of runs with a dot between each two. @param end - of its first run */
function endOfParts(text: Letters, end: number): number {
  let at = end
  while (isAt(text, at, '.')) {
    const next = endOfRun(text, at + 1, isTokenLetter)
    if (next === at + 1) break
    at = next
  }
  return at
}

function endOfPadding(text: Letters, end: number): number {
  return endOfRun(text, end, (code) => code === 61)
}
