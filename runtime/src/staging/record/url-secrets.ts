/** Secrets in the URLs of a text, besides those in its parameters: user and password, and paths of webhooks. */
import type { FoundSecret } from './find-secrets.ts'
import { codesOf, isAt, type Letters } from './letters.ts'
import { secretSegments } from './secrets.ts'

/** In order, without overlaps. */
export function* findInUrls(text: Letters): Generator<FoundSecret> {
  for (let at = 0; at < text.length; at++) {
    if (!isAt(text, at, '://')) continue
    const start = at + 3
    let path = start
    let user = -1
    for (; path < text.length && !endsUrl(text.charCodeAt(path)) && !isAt(text, path, '/'); path++) {
      // A password may contain one: the last one counts.
      if (isAt(text, path, '@')) user = path
    }
    if (user > start) yield { start, end: user, secret: 'a user name or password in a URL' }
    let end = path
    while (end < text.length && !endsUrl(text.charCodeAt(end))) end++
    yield* findInPath(text.slice(path, end), path)
    at = end - 1
  }
}

function* findInPath(path: string, start: number): Generator<FoundSecret> {
  const segments = path.split('/')
  const areSecret = secretSegments(segments)
  let at = start
  for (const [index, segment] of segments.entries()) {
    if (areSecret[index] === true) yield { start: at, end: at + segment.length, secret: 'a path segment of a URL' }
    at += segment.length + 1
  }
}

/** What stands after the path, or after the URL. */
const urlEnds: ReadonlySet<number> = codesOf(' \t\n\r\f\v?#"\'<>\\')

function endsUrl(code: number): boolean {
  return urlEnds.has(code)
}
