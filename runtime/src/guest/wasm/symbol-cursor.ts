/**
 * A cursor over a v0 symbol, and the text for people that is made on the way: the tokens of the grammar, and its bounds.
 * Names come from modules of strangers: their length, the depth of their nesting and what their back references unfold
 * to are limited.
 */
import { decodePunycode } from './punycode.ts'

// The longest names of real modules have a few thousand characters; unfolded ones beyond that help nobody.
const outputLengthMax = 16_384
// What back references make of a name is read again each time: 8 times the longest name.
const readingMax = 131_072
// As in rustc-demangle's own reader: rustc refuses types of half that depth.
const depthMax = 500

/** The symbol does not follow the grammar, or follows it beyond the bounds. */
export class Unreadable extends Error {}

interface Identifier {
  readonly disambiguator: bigint
  readonly name: string
}

export class SymbolCursor {
  /** What has been printed. */
  output = ''
  readonly #text: string
  #at = 0
  /** Above 0 while something is read that is not shown. */
  #hidden = 0
  #depth = 0
  /** Characters of identifiers and rules read so far. */
  #readings = 0

  /** @param text - what follows `_R`, where back references count from */
  constructor(text: string) {
    this.#text = text
  }

  /** Of the whole symbol, in characters. */
  get length(): number {
    return this.#text.length
  }

  /** Steps back over the character that `next` returned. */
  back(): void {
    this.#at--
  }

  /** What is not read yet. */
  rest(): string {
    return this.#text.slice(this.#at)
  }

  next(): string {
    const character = this.#text[this.#at++]
    if (character === undefined) throw new Unreadable()
    return character
  }

  /** Steps over a character if it is the next one; returns whether it is. */
  eat(character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  /** @param pattern - sticky */
  match(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (found === null) throw new Unreadable()
    this.#at = pattern.lastIndex
    return found[0]
  }

  /** A hexadecimal number, in decimal if it fits 64 bits. */
  integer(): string {
    const digits = this.hexadecimal()
    if (!/^(?:0|[1-9a-f][\da-f]*)$/.test(digits)) throw new Unreadable()
    return digits.length > 16 ? `0x${digits}` : String(BigInt(`0x${digits}`))
  }

  hexadecimal(): string {
    return this.match(/[\da-f]*_/y).slice(0, -1)
  }

  /** 0 = `_`; what is written counts from 1. */
  base62(): bigint {
    // 11 digits hold any 64-bit number.
    const digits = this.match(/[\dA-Za-z]{0,11}_/y).slice(0, -1)
    if (digits === '') return 0n
    let value = 0n
    for (const digit of digits) value = value * 62n + BigInt(base62Digits.indexOf(digit))
    return value + 1n
  }

  identifier(): Identifier {
    const disambiguator = this.disambiguator()
    return { disambiguator, name: this.plainIdentifier() }
  }

  disambiguator(): bigint {
    return this.eat('s') ? this.base62() + 1n : 0n
  }

  plainIdentifier(): string {
    const isPunycode = this.eat('u')
    const length = Number(this.match(/0|[1-9]\d{0,4}(?!\d)/y))
    // It separates the length from a name that begins with a digit or with `_`.
    this.eat('_')
    const end = this.#at + length
    if (end > this.#text.length) throw new Unreadable()
    const written = this.#text.slice(this.#at, end)
    this.#at = end
    this.spend(length)
    if (!/^\w*$/.test(written)) throw new Unreadable()
    if (!isPunycode) return written
    const name = decodePunycode(written.replace(/_(?=[^_]*$)/, '-'))
    if (name === null) throw new Unreadable()
    return name
  }

  /** Reads elements up to the `E` that closes their list. */
  list(separator: string, element: () => void): number {
    let count = 0
    for (; !this.eat('E'); count++) {
      if (count > 0) this.print(separator)
      element()
    }
    return count
  }

  /**
   * Reads what stands earlier in the name, then continues here.
   *
   * @returns `null` where nothing is shown: following references there costs time for nothing
   */
  backReference<T>(read: () => T): T | null {
    const start = this.#at - 1
    const target = Number(this.base62())
    if (target >= start) throw new Unreadable()
    if (this.#hidden > 0) return null
    const after = this.#at
    this.#at = target
    const result = read()
    this.#at = after
    return result
  }

  /** Reads something that is not shown. */
  hide<T>(read: () => T): T {
    this.#hidden++
    const result = read()
    this.#hidden--
    return result
  }

  /** Reads a rule that may contain itself. */
  nested<T>(read: () => T): T {
    if (++this.#depth > depthMax) throw new Unreadable()
    this.spend(1)
    const result = read()
    this.#depth--
    return result
  }

  /** Counts against what may be read of one name. */
  spend(readings: number): void {
    this.#readings += readings
    if (this.#readings > readingMax) throw new Unreadable()
  }

  print(text: string): void {
    if (this.#hidden > 0) return
    this.output += text
    if (this.output.length > outputLengthMax) throw new Unreadable()
  }
}

const base62Digits = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
