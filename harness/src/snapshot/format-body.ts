/** Bodies in an approved timeline: JSON without the spaces between its parts, anything else as one JSON string. */
import { escapeUnprintable } from '@slung/runtime'
import { endOfString, isSpace } from './scan.ts'

/** Deeper JSON is treated as text, so that walking it cannot exhaust the stack. */
export const jsonDepthMax = 100

/**
 * One line that says everything about the body. Numbers stay as they were written: 1.0 is not 1, and no digit is lost.
 *
 * @example formatBody('{ "level": "high" }') // {"level":"high"}
 * @example formatBody('42') // "42"
 */
export function formatBody(body: string): string {
  return compactJson(body) ?? quote(body)
}

/** A JSON string on one line. What would be read as a placeholder begins with `\u003c`. */
export function quote(text: string): string {
  const quoted = escapeUnprintable(JSON.stringify(text))
  return text.startsWith('<') && text.endsWith('>') ? quoted.replace('<', String.raw`\u003c`) : quoted
}

/** The object or array without spaces; `null` for anything else. */
function compactJson(text: string): string | null {
  if (!/^\s*[[{]/.test(text)) return null
  try {
    JSON.parse(text)
  } catch {
    return null
  }
  let compact = ''
  let depth = 0
  for (let index = 0; index < text.length;) {
    const character = text[index]!
    const end = character === '"' ? endOfString(text, index) : index + 1
    if (character === '"') compact += quote(JSON.parse(text.slice(index, end)) as string)
    else if (!isSpace(character)) compact += character
    if (character === '[' || character === '{') depth++
    if (character === ']' || character === '}') depth--
    if (depth > jsonDepthMax) return null
    index = end
  }
  return compact
}
