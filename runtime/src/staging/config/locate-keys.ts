/**
 * Finds the positions of the keys in a TOML text. The parser gives values without positions, and an error in a
 * configuration is worth little without one; so this walks the text, which has already parsed, a second time for its
 * layout only: headers, keys, and where each value ends (https://toml.io/en/v1.1.0).
 */
import { parse } from 'smol-toml'
import { assert } from '../../engine/model/assert.ts'

/** From the root to a value: names of keys, and positions in lists, which count from 0. */
export type KeyPath = readonly (string | number)[]

/** Both count from 1; a column is a UTF-16 unit. */
export interface Position {
  readonly line: number
  readonly column: number
}

/**
 * The position of a key; for an item of a list, where the item begins; for a table, its name in the first header that
 * opens it. A key that is not in the text has the position of its table, and a missing table of the root is at 1:1.
 */
export type Locate = (path: KeyPath) => Position

/** @param toml - without a byte order mark, and valid: a TOML parser has accepted it */
export function locateKeys(toml: string): Locate {
  const offsets = new LayoutScanner(toml).scan()
  return (path) => {
    for (let length = path.length; length > 0; length--) {
      const offset = offsets.get(idOf(path.slice(0, length)))
      if (offset !== undefined) return positionOf(toml, offset)
    }
    return { line: 1, column: 1 }
  }
}

function idOf(path: KeyPath): string {
  return JSON.stringify(path)
}

function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}

const nothing = /(?:[ \t\r\n]|#[^\n]*)*/y
const blanks = /[ \t]*/y
const keyPart = /"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s.=\]#"']+/y
// The two quotes that may precede the closing three belong to the string: it ends where no quote follows.
const scalar =
  /"""(?:\\[^]|[^\\])*?"""(?!")|'''[^]*?'''(?!')|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s,\]}#"'[{][^,\]}#\r\n]*/y

class LayoutScanner {
  readonly #toml: string
  readonly #offsets = new Map<string, number>()
  // How many tables each array of tables has so far: a header refers to the last one.
  readonly #tableCounts = new Map<string, number>()
  #offset = 0

  constructor(toml: string) {
    this.#toml = toml
  }

  /** The offset of every path, by its id. */
  scan(): ReadonlyMap<string, number> {
    let table: KeyPath = []
    for (this.#take(nothing); this.#offset < this.#toml.length; this.#take(nothing)) {
      if (this.#at('[')) table = this.#header()
      else this.#pair(table)
    }
    return this.#offsets
  }

  /** Returns the path of the table that the header opens. */
  #header(): KeyPath {
    const isArray = this.#at('[[')
    const bracketCount = isArray ? 2 : 1
    this.#offset += bracketCount
    const parts = this.#key()
    this.#offset += bracketCount
    let path: KeyPath = []
    for (const [index, { name, offset }] of parts.entries()) {
      path = [...path, name]
      this.#mark(path, offset)
      const count = this.#tableCounts.get(idOf(path))
      if (isArray && index === parts.length - 1) {
        this.#tableCounts.set(idOf(path), (count ?? 0) + 1)
        path = [...path, count ?? 0]
        this.#mark(path, offset)
      } else if (count !== undefined) {
        path = [...path, count - 1]
      }
    }
    return path
  }

  #pair(table: KeyPath): void {
    let path = table
    for (const { name, offset } of this.#key()) {
      path = [...path, name]
      this.#mark(path, offset)
    }
    assert(this.#at('='), 'a key of valid TOML is followed by an equals sign')
    this.#offset++
    this.#take(nothing)
    this.#value(path)
  }

  #value(path: KeyPath): void {
    if (this.#at('[')) this.#items(']', (index) => this.#item([...path, index]))
    else if (this.#at('{')) this.#items('}', () => this.#pair(path))
    else assert(this.#take(scalar) !== '', 'a value of valid TOML is not empty')
  }

  #item(path: KeyPath): void {
    this.#mark(path, this.#offset)
    this.#value(path)
  }

  /** What is between an opening bracket and `close`, separated by commas. */
  #items(close: string, readItem: (index: number) => void): void {
    this.#offset++
    this.#take(nothing)
    for (let index = 0; !this.#at(close); index++) {
      readItem(index)
      this.#take(nothing)
      if (this.#at(',')) this.#offset++
      this.#take(nothing)
    }
    this.#offset++
  }

  /** The parts of a dotted key; ends after the blanks that follow it. */
  #key(): { readonly name: string; readonly offset: number }[] {
    const parts: { name: string; offset: number }[] = []
    for (;;) {
      this.#take(blanks)
      const offset = this.#offset
      parts.push({ name: nameOf(this.#take(keyPart)), offset })
      this.#take(blanks)
      if (!this.#at('.')) return parts
      this.#offset++
    }
  }

  #mark(path: KeyPath, offset: number): void {
    const id = idOf(path)
    if (!this.#offsets.has(id)) this.#offsets.set(id, offset)
  }

  #at(text: string): boolean {
    return this.#toml.startsWith(text, this.#offset)
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#offset
    const taken = pattern.exec(this.#toml)?.[0] ?? ''
    this.#offset += taken.length
    return taken
  }
}

/** The name that a part of a key stands for: the parser undoes quotes and escapes. */
function nameOf(part: string): string {
  assert(part !== '', 'a key of valid TOML is not empty')
  return /^["']/.test(part) ? Object.keys(parse(`${part} = 0`))[0]! : part
}
