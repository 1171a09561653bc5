/**
 * The identity of a series: a name and the *set* of its tags.
 *
 * Order and repetition of tags do not matter, so tags are kept sorted and unique. The series key is the canonical text
 * of both, which maps and indexes use.
 */
import { SlungError } from './slung-error.ts'
import { quoteJson } from '../text/quote.ts'

/** Longest name or tag, in UTF-8 bytes. */
const nameBytesMax = 1024
/** Most tags that a series may have. */
const tagCountMax = 64

/** A name with its tags. `tags` is sorted by code unit, without duplicates, and frozen. */
export interface Series {
  readonly name: string
  readonly tags: readonly string[]
}

/** Canonical text of a series: equal exactly when name and tag set are equal. Not for people; see `formatSeries`. */
export type SeriesKey = string

/**
 * Makes a series from a name and tags in any order, repeated or not.
 *
 * @throws {SlungError} `bad-series` for an empty or overlong name or tag, a control character, lone surrogates,
 *   or more than 64 distinct tags; the message quotes the offender
 */
export function createSeries(name: string, tags: readonly string[]): Series {
  checkText('series name', name)
  for (const tag of tags) checkText('tag', tag)
  const sorted = [...new Set(tags)].sort()
  if (sorted.length > tagCountMax) {
    throw new SlungError('bad-series', `series "${name}" has ${sorted.length} tags; at most ${tagCountMax} are allowed`)
  }
  return Object.freeze({ name, tags: Object.freeze(sorted) })
}

/** The canonical key. Names and tags have no control characters, so a line feed separates them without escaping. */
export function seriesKey(series: Series): SeriesKey {
  return [series.name, ...series.tags].join('\n')
}

/** For people: `temp{host=a,sensor=1}`. */
export function formatSeries(series: Series): string {
  return series.tags.length === 0 ? series.name : `${series.name}{${series.tags.join(',')}}`
}

// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const controlCharacter = /[\u0000-\u001f\u007f-\u009f]/

function checkText(what: string, text: string): void {
  const problem = findTextProblem(what, text)
  if (problem !== null) throw new SlungError('bad-series', problem)
}

/**
 * Why a text cannot be a series name or tag: it is empty, has a control character, is not valid UTF-8 or is too long.
 * `null` = it can.
 *
 * @param what - names the text at the start of the answer, such as `tag`
 */
export function findTextProblem(what: string, text: string): string | null {
  if (text === '') return `${what} is empty`
  const control = controlCharacter.exec(text)
  if (control !== null) {
    const code = control[0].charCodeAt(0).toString(16).padStart(4, '0')
    return `${what} ${quoteJson(text, quotedUnitsMax)} contains the control character U+${code}`
  }
  if (!text.isWellFormed()) return `${what} ${quoteJson(text, quotedUnitsMax)} is not valid UTF-8 (a lone surrogate)`
  // A UTF-16 unit takes at most three bytes, so most texts need no exact count.
  if (text.length * 3 > nameBytesMax && utf8Length(text) > nameBytesMax) {
    return `${what} ${quoteJson(text, 32)} is ${utf8Length(text)} bytes long; at most ${nameBytesMax} are allowed`
  }
  return null
}

// Senders may put anything there, at any length, but people read the error.
const quotedUnitsMax = 64

/** How many bytes a well-formed text takes in UTF-8. */
export function utf8Length(text: string): number {
  let byteCount = text.length
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit < 0x80) continue
    // A pair of surrogates takes four bytes: two for each.
    byteCount += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2
  }
  return byteCount
}
