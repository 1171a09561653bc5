/**
 * Reads a JSON value in which placeholders may stand for values, bare or in quotes:
 * `{"level":<any>,"value":"<41.2 ±0.05>"}`.
 */
import { parsePlaceholder } from '../compare/placeholder.ts'
import { jsonDepthMax } from './format-body.ts'
import { endOfSpaces, endOfString, matchAt } from './scan.ts'
import type { Member, ValueNode } from './value-node.ts'

/** A value and the index behind it. */
export interface ReadValue {
  readonly node: ValueNode
  readonly end: number
}

/**
 * Reads the value that begins at `start`; `null` when no value does.
 *
 * @throws {SlungError} `bad-placeholder` for what looks like a placeholder but is not
 */
export function readValue(text: string, start: number): ReadValue | null {
  const reader = new ValueReader(text, start)
  const node = reader.value(0)
  return node === null ? null : { node, end: reader.index }
}

/** A bare placeholder that begins at `start`, with nothing but a space, a comma or a closing bracket behind it. */
export function readPlaceholder(text: string, start: number): ReadValue | null {
  const source = text[start] === '<' ? matchAt(placeholderSource, text, start) : null
  const placeholder = source === null ? null : parsePlaceholder(source)
  if (source === null || placeholder === null) return null
  return { node: { kind: 'placeholder', text: source, placeholder }, end: start + source.length }
}

/** A regular expression ends at the first slash behind which the placeholder can end, unless that is escaped. */
const placeholderSource = /<(?:\/(?:\\.|[^\\])+?\/[a-z]*|[^<>/][^<>]*)>(?=[\s,}\])]|$)/y
const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?=[\s,}\]]|$)/y

class ValueReader {
  readonly #text: string
  index: number

  constructor(text: string, start: number) {
    this.#text = text
    this.index = start
  }

  value(depth: number): ValueNode | null {
    switch (this.#text[this.index]) {
      case '<': {
        const found = readPlaceholder(this.#text, this.index)
        if (found === null) return null
        this.index = found.end
        return found.node
      }
      case '"':
        return this.#string()
      case '[':
        return depth < jsonDepthMax ? this.#array(depth) : null
      case '{':
        return depth < jsonDepthMax ? this.#object(depth) : null
      default: {
        const text = matchAt(scalar, this.#text, this.index)
        this.index += text?.length ?? 0
        return text === null ? null : { kind: 'scalar', text }
      }
    }
  }

  #string(): ValueNode | null {
    const text = this.#quoted()
    const value = text === null ? null : parseString(text)
    if (text === null || value === null) return null
    const placeholder = text.startsWith('"<') ? parsePlaceholder(value) : null
    return placeholder === null ? { kind: 'string', text, value } : { kind: 'placeholder', text, placeholder }
  }

  #array(depth: number): ValueNode | null {
    const start = this.index
    const items: ValueNode[] = []
    const isWhole = this.#list(']', () => {
      const item = this.value(depth + 1)
      if (item !== null) items.push(item)
      return item !== null
    })
    return isWhole ? { kind: 'array', text: this.#text.slice(start, this.index), items } : null
  }

  #object(depth: number): ValueNode | null {
    const start = this.index
    const members: Member[] = []
    const isWhole = this.#list('}', () => {
      const keyText = this.#quoted()
      const key = keyText === null ? null : parseString(keyText)
      this.#skipSpaces()
      if (keyText === null || key === null || !this.#skip(':')) return false
      this.#skipSpaces()
      const value = this.value(depth + 1)
      if (value !== null) members.push({ key, keyText, value })
      return value !== null
    })
    return isWhole ? { kind: 'object', text: this.#text.slice(start, this.index), members } : null
  }

  /** Reads from the opening bracket to the closing one; `false` when something else is there. */
  #list(close: string, element: () => boolean): boolean {
    this.index++
    this.#skipSpaces()
    if (this.#skip(close)) return true
    do {
      this.#skipSpaces()
      if (!element()) return false
      this.#skipSpaces()
    } while (this.#skip(','))
    return this.#skip(close)
  }

  #skip(character: string): boolean {
    if (this.#text[this.index] !== character) return false
    this.index++
    return true
  }

  #skipSpaces(): void {
    this.index = endOfSpaces(this.#text, this.index)
  }

  /** A string with its quotes. */
  #quoted(): string | null {
    const end = this.#text[this.index] === '"' ? endOfString(this.#text, this.index) : -1
    if (end === -1) return null
    const quoted = this.#text.slice(this.index, end)
    this.index = end
    return quoted
  }
}

/** `null` for what is not a JSON string, such as one with an unknown escape. */
function parseString(text: string): string | null {
  try {
    return JSON.parse(text) as string
  } catch {
    return null
  }
}
