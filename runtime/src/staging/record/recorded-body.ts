/** Bodies in recordings: texts of bounded length. */

import { parseJson } from '../../engine/model/json.ts'
import { bodyBytesMax, type CutBody } from '../observe/observer.ts'

export interface RecordedBody {
  readonly text: string
  /** What a replay cannot repeat about it, as the end of a sentence; `null` = it is complete. */
  readonly problem: string | null
}

/** The text of a body; what is not UTF-8 in it is shown as U+FFFD. */
export function readBody({ bytes, byteLength }: CutBody): RecordedBody {
  if (byteLength > bytes.length) {
    // Stops before a character that the cut may have split; a decoder keeps its first bytes, so no other body may have it.
    return {
      text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: true }),
      problem: `has ${byteLength} bytes, of which a recording keeps ${bodyBytesMax}`,
    }
  }
  try {
    return { text: strict.decode(bytes), problem: null }
  } catch {
    return { text: lenient.decode(bytes), problem: 'is not UTF-8' }
  }
}

/** Deeper values are texts: what walks through a value calls itself at each level. */
const depthMax = 512

/** The value when it is an object or array of JSON: other values say no more than their text. */
export function parseJsonBody(text: string): object | null {
  if (!/^\s*[[{]/.test(text) || jsonDepth(text) > depthMax) return null
  try {
    return parseJson(text) as object
  } catch {
    return null
  }
}

/** The value when it is a string of JSON, which may have JSON in it. */
export function parseJsonString(text: string): string | null {
  if (!text.startsWith('"')) return null
  try {
    return JSON.parse(text) as string
  } catch {
    return null
  }
}

/** How deep arrays and objects are nested in a text of JSON. */
export function jsonDepth(text: string): number {
  let [depth, deepest] = [0, 0]
  let isInString = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '\\') at++
    else if (character === '"') isInString = !isInString
    else if (isInString) continue
    else if (character === '[' || character === '{') deepest = Math.max(deepest, ++depth)
    else if (character === ']' || character === '}') depth--
  }
  return deepest
}

// A byte order mark is part of the text.
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const lenient = new TextDecoder('utf-8', { ignoreBOM: true })
