/**
 * A line of a timeline, approved or come, cut into its tokens: marks, which say what the others are, and values.
 *
 * Both texts are cut by the same rules, so a line always equals itself, whatever was written into it.
 */
import { SlungError } from '@slung/runtime'
import { readPlaceholder, readValue } from './read-value.ts'
import { endOfSpaces, endOfWord, isSpace } from './scan.ts'
import type { ValueNode } from './value-node.ts'

/** `start` and `end` are its place in the line. */
export type Token = { readonly start: number; readonly end: number } & (
  { readonly mark: string; readonly value: null } | { readonly mark: null; readonly value: ValueNode }
)

export interface TimelineLine {
  readonly text: string
  readonly tokens: readonly Token[]
  /** The first mark: `WS`, `EVENT`, `→` (of HTTP), or how the run ended; empty without one. */
  readonly kind: string
}

/**
 * Cuts an approved timeline. Spaces around lines and blank lines do not count.
 *
 * @throws {SlungError} `bad-placeholder`, with the number of the line
 */
export function parseTimeline(text: string): TimelineLine[] {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  return lines.map((line, index) => {
    try {
      return parseLine(line)
    } catch (error) {
      if (!(error instanceof SlungError)) throw error
      throw new SlungError(error.code, `line ${index + 1} of the approved timeline: ${error.message}`)
    }
  })
}

/** @throws {SlungError} `bad-placeholder` */
export function parseLine(text: string): TimelineLine {
  const tokens: Token[] = []
  for (let start = endOfSpaces(text, 0); start < text.length;) {
    const token = readToken(text, start, tokens)
    tokens.push(token)
    start = endOfSpaces(text, token.end)
  }
  return { text, tokens, kind: tokens.find(({ mark }) => mark !== null)?.mark ?? '' }
}

/** In place of a status: one value, so one placeholder stands for it. */
const noResponse = 'no response'

const endings = new Set(['drained', 'returned', 'trapped:', 'undelivered', 'runaway', 'stuck'])
const kinds = new Set(['WS', 'EVENT'])
/** Before the timestamp of a written event, where that differs from the time of writing. */
const ownTimeMark = '(timestamp'
const joints = new Set(['=', '→', ownTimeMark, ')'])

function readToken(text: string, start: number, before: readonly Token[]): Token {
  const value = readPlaceholder(text, start) ?? readQuoted(text, start)
  if (value !== null && isWhole(text, value.end, before)) {
    return { mark: null, value: value.node, start, end: value.end }
  }
  const word = isMessageNext(before) ? text.slice(start) : readWord(text, start, before)
  const end = start + word.length
  const isMark =
    joints.has(word) || (before.length === 0 && endings.has(word)) || (before.length === 1 && kinds.has(word))
  return isMark
    ? { mark: word, value: null, start, end }
    : { mark: null, value: { kind: 'word', text: word }, start, end }
}

function readQuoted(text: string, start: number): ReturnType<typeof readValue> {
  return '"{['.includes(text[start]!) ? readValue(text, start) : null
}

/** Up to the next space that is not in quotes; a joint stands alone. */
function readWord(text: string, start: number, before: readonly Token[]): string {
  const end = text.startsWith(noResponse, start) ? start + noResponse.length : endOfWord(text, start)
  const word = text.slice(start, end)
  const isOwnTime = isAfterOwnTimeMark(before) && word.endsWith(')') && word !== ')'
  return isOwnTime ? word.slice(0, -1) : word
}

function isWhole(text: string, end: number, before: readonly Token[]): boolean {
  if (end === text.length) return true
  if (isMessageNext(before)) return false
  return isSpace(text[end]!) || (text[end] === ')' && isAfterOwnTimeMark(before))
}

/** The message of a trap is all that is left of the line. */
function isMessageNext(before: readonly Token[]): boolean {
  return before.length === 1 && before[0]!.mark === 'trapped:'
}

function isAfterOwnTimeMark(before: readonly Token[]): boolean {
  return before.at(-1)?.mark === ownTimeMark
}
