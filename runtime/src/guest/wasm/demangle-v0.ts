/**
 * Reads Rust's v0 symbol names (RFC 2603, and "Symbol Mangling" in the rustc book): `_RNvCs15kBYyAo9fc_7mycrate7example`
 * is `mycrate::example`. One method per rule of the grammar; each prints what it reads. Names come from modules of
 * strangers: their length, the depth of their nesting and what their back references unfold to are bounded.
 */
import { decodePunycode } from './punycode.ts'

/** A function's name, for people. */
export interface FunctionName {
  /** Without hashes and without the crate that instantiated it. */
  readonly text: string
  /** The same for all instances of a generic function: the path to its source. */
  readonly item: string
  /** The Rust crate whose source has the code, whatever types it is instantiated for; `null` when the name has none. */
  readonly crate: string | null
}

// The longest names of real modules have a few thousand characters; unfolded ones beyond that help nobody.
const symbolLengthMax = 16_384
const outputLengthMax = 16_384
// What back references make of a name is read again each time: 8 times the longest name.
const readingMax = 131_072
// As in rustc-demangle's own reader: rustc refuses types of half that depth.
const depthMax = 500

/** @returns `null` for a name that does not follow the grammar, or follows it beyond the bounds */
export function demangleV0(symbol: string): FunctionName | null {
  // The number that may follow `_R` stands for a version of the grammar that does not exist yet.
  if (symbol.length > symbolLengthMax || !/^_R[A-Z][!-~]*$/.test(symbol)) return null
  try {
    return new SymbolReader(symbol.slice(2)).symbol()
  } catch (error) {
    if (error instanceof Unreadable) return null
    throw error
  }
}

class Unreadable extends Error {}

const basicTypes: ReadonlyMap<string, string> = new Map([
  ...Object.entries({ a: 'i8', b: 'bool', c: 'char', d: 'f64', e: 'str', f: 'f32', h: 'u8', i: 'isize', j: 'usize' }),
  ...Object.entries({ l: 'i32', m: 'u32', n: 'i128', o: 'u128', p: '_', s: 'i16', t: 'u16', u: '()', v: '...' }),
  ...Object.entries({ x: 'i64', y: 'u64', z: '!' }),
])

const specialNamespaces: ReadonlyMap<string, string> = new Map([
  ['C', 'closure'],
  ['S', 'shim'],
])

interface Identifier {
  readonly disambiguator: bigint
  readonly name: string
}

class SymbolReader {
  readonly #text: string
  #at = 0
  #output = ''
  /** Above 0 while something is read that is not shown. */
  #hidden = 0
  #depth = 0
  /** Characters of identifiers and rules read so far. */
  #readings = 0
  #boundLifetimes = 0

  /** @param text - what follows `_R`, where back references count from */
  constructor(text: string) {
    this.#text = text
  }

  symbol(): FunctionName {
    const item = this.#path(true)
    if (/^[A-Z]/.test(this.#rest())) this.#hide(() => this.#path(false))
    const suffix = this.#rest()
    if (suffix !== '' && !/^[.$]/.test(suffix)) throw new Unreadable()
    return { text: this.#output + suffix, item, crate: /^\w+/.exec(item)?.[0] ?? null }
  }

  /**
   * @param inValue - generic arguments need `::` in expressions, not in types
   * @returns the item it leads to: crate, modules, `impl` blocks by number, without generic arguments
   */
  #path(inValue: boolean): string {
    return this.#nested(() => {
      const tag = this.#next()
      switch (tag) {
        case 'C': {
          const { name } = this.#identifier()
          this.#print(name)
          return name
        }
        case 'N':
          return this.#nestedPath(inValue)
        case 'M':
        case 'X':
        case 'Y':
          return this.#implementation(tag)
        case 'I': {
          const item = this.#openGenerics(inValue)
          this.#print('>')
          return item
        }
        case 'B':
          return this.#backReference(() => this.#path(inValue)) ?? ''
        default:
          throw new Unreadable()
      }
    })
  }

  #nestedPath(inValue: boolean): string {
    const namespace = this.#next()
    if (!/[A-Za-z]/.test(namespace)) throw new Unreadable()
    const parent = this.#path(inValue)
    const { name, disambiguator } = this.#identifier()
    const kind = specialNamespaces.get(namespace) ?? namespace
    const special = `::{${kind}${name === '' ? '' : `:${name}`}#${disambiguator}}`
    // Namespaces in lower case are the compiler's own business.
    if (namespace < 'a') this.#print(special)
    else if (name !== '') this.#print(`::${name}`)
    return parent + (namespace >= 'a' && disambiguator === 0n ? `::${name}` : special)
  }

  #implementation(tag: 'M' | 'X' | 'Y'): string {
    let item = ''
    if (tag !== 'Y') {
      // Where the `impl` block stands; a reader wants to know whom it is for.
      const number = this.#disambiguator()
      item = `${this.#hide(() => this.#path(false))}::{impl#${number}}`
    }
    this.#print('<')
    this.#type()
    if (tag !== 'M') {
      this.#print(' as ')
      const trait = this.#path(false)
      // A method that the trait itself provides.
      if (tag === 'Y') item = trait
    }
    this.#print('>')
    return item
  }

  /** Prints `path<a, b`, with neither `I` in front nor `>` at the end. */
  #openGenerics(inValue: boolean): string {
    const item = this.#path(inValue)
    this.#print(inValue ? '::<' : '<')
    this.#list(', ', () => this.#genericArgument())
    return item
  }

  #genericArgument(): void {
    if (this.#eat('L')) this.#print(this.#lifetime())
    else if (this.#eat('K')) this.#constant(false)
    else this.#type()
  }

  #type(): void {
    this.#nested(() => {
      const tag = this.#next()
      const basic = basicTypes.get(tag)
      if (basic === undefined) this.#compositeType(tag)
      else this.#print(basic)
    })
  }

  #compositeType(tag: string): void {
    switch (tag) {
      case 'R':
      case 'Q':
        return this.#reference(tag)
      case 'P':
      case 'O':
        this.#print(tag === 'P' ? '*const ' : '*mut ')
        return this.#type()
      case 'A':
        this.#print('[')
        this.#type()
        this.#print('; ')
        this.#constant(true)
        return this.#print(']')
      case 'S':
        this.#print('[')
        this.#type()
        return this.#print(']')
      case 'T':
        return this.#tuple(() => this.#type())
      case 'F':
        return this.#withBinder(() => this.#functionSignature())
      case 'D':
        return this.#traitObject()
      case 'W':
        this.#type()
        this.#print(' is ')
        return this.#pattern()
      case 'B':
        this.#backReference(() => this.#type())
        return undefined
      default:
        this.#at--
        this.#path(false)
    }
  }

  #reference(tag: 'R' | 'Q'): void {
    this.#print('&')
    if (this.#eat('L')) {
      const lifetime = this.#lifetime()
      if (lifetime !== "'_") this.#print(`${lifetime} `)
    }
    if (tag === 'Q') this.#print('mut ')
    this.#type()
  }

  #tuple(element: () => void): void {
    this.#print('(')
    if (this.#list(', ', element) === 1) this.#print(',')
    this.#print(')')
  }

  #functionSignature(): void {
    if (this.#eat('U')) this.#print('unsafe ')
    if (this.#eat('K')) {
      const abi = this.#eat('C') ? 'C' : this.#plainIdentifier().replaceAll('_', '-')
      this.#print(`extern "${abi}" `)
    }
    this.#print('fn(')
    this.#list(', ', () => {
      if (this.#eat('w')) this.#print('#[splat] ')
      this.#type()
    })
    this.#print(')')
    if (this.#eat('u')) return
    this.#print(' -> ')
    this.#type()
  }

  #traitObject(): void {
    this.#print('dyn ')
    this.#withBinder(() => this.#list(' + ', () => this.#boundTrait()))
    if (!this.#eat('L')) throw new Unreadable()
    const lifetime = this.#lifetime()
    if (lifetime !== "'_") this.#print(` + ${lifetime}`)
  }

  /** A trait with its associated types among the generic arguments: `Iterator<Item = u8>`. */
  #boundTrait(): void {
    let separator = this.#boundTraitPath() ? ', ' : '<'
    while (this.#eat('p')) {
      this.#print(`${separator}${this.#plainIdentifier()} = `)
      separator = ', '
      if (this.#eat('K')) this.#constant(false)
      else this.#type()
    }
    if (separator === ', ') this.#print('>')
  }

  /** @returns whether a list of generic arguments is open */
  #boundTraitPath(): boolean {
    return this.#nested(() => {
      if (this.#eat('B')) return this.#backReference(() => this.#boundTraitPath()) ?? false
      const isGeneric = this.#eat('I')
      if (isGeneric) this.#openGenerics(false)
      else this.#path(false)
      return isGeneric
    })
  }

  #pattern(): void {
    this.#nested(() => {
      switch (this.#next()) {
        case 'R':
          this.#constant(true)
          this.#print('..=')
          return this.#constant(true)
        case 'O':
          this.#list(' | ', () => this.#pattern())
          return undefined
        default:
          throw new Unreadable()
      }
    })
  }

  /** @param inValue - an expression is not braced again inside another one */
  #constant(inValue: boolean): void {
    this.#nested(() => {
      const tag = this.#next()
      if (tag === 'B') {
        this.#backReference(() => this.#constant(inValue))
      } else if (tag === 'R' && this.#eat('e')) {
        this.#print(this.#constantText())
      } else if ('eRQATV'.includes(tag)) {
        if (!inValue) this.#print('{')
        this.#constantExpression(tag)
        if (!inValue) this.#print('}')
      } else {
        this.#print(this.#constantLiteral(tag))
      }
    })
  }

  #constantExpression(tag: string): void {
    switch (tag) {
      case 'e':
        return this.#print(`*${this.#constantText()}`)
      case 'R':
      case 'Q':
        this.#print(tag === 'R' ? '&' : '&mut ')
        return this.#constant(true)
      case 'A':
        this.#print('[')
        this.#list(', ', () => this.#constant(true))
        return this.#print(']')
      case 'T':
        return this.#tuple(() => this.#constant(true))
      default:
        this.#path(true)
        return this.#constantFields()
    }
  }

  #constantFields(): void {
    const shape = this.#next()
    if (shape === 'T') {
      this.#print('(')
      this.#list(', ', () => this.#constant(true))
      this.#print(')')
    } else if (shape === 'S') {
      this.#print(' { ')
      this.#list(', ', () => {
        this.#print(`${this.#identifier().name}: `)
        this.#constant(true)
      })
      this.#print(' }')
    } else if (shape !== 'U') {
      throw new Unreadable()
    }
  }

  #constantLiteral(type: string): string {
    if (type === 'p') return '_'
    if ('htmyoj'.includes(type)) return this.#integer()
    if ('aslxni'.includes(type)) return this.#eat('n') ? `-${this.#integer()}` : this.#integer()
    const digits = this.#hexadecimal()
    if (type === 'b' && /^[01]$/.test(digits)) return digits === '1' ? 'true' : 'false'
    if (type === 'c' && /^[\da-f]{1,6}$/.test(digits)) {
      const code = Number.parseInt(digits, 16)
      if (code <= 0x10_ffff && (code < 0xd800 || code > 0xdfff)) return quote(String.fromCodePoint(code), "'")
    }
    throw new Unreadable()
  }

  #integer(): string {
    const digits = this.#hexadecimal()
    if (!/^(?:0|[1-9a-f][\da-f]*)$/.test(digits)) throw new Unreadable()
    return digits.length > 16 ? `0x${digits}` : String(BigInt(`0x${digits}`))
  }

  #constantText(): string {
    const digits = this.#hexadecimal()
    if (digits.length % 2 !== 0) throw new Unreadable()
    const bytes = Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
    try {
      return quote(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), '"')
    } catch {
      throw new Unreadable()
    }
  }

  #hexadecimal(): string {
    return this.#match(/[\da-f]*_/y).slice(0, -1)
  }

  /** Names the lifetimes that `for<…>` binds around what is read. */
  #withBinder(read: () => void): void {
    const count = this.#eat('G') ? Number(this.#base62()) + 1 : 0
    // Each of them takes room in the name where it is used.
    if (count > this.#text.length) throw new Unreadable()
    this.#spend(count)
    const outer = this.#boundLifetimes
    if (count > 0) {
      const names = Array.from({ length: count }, (_, index) => lifetimeName(outer + index))
      this.#print(`for<${names.join(', ')}> `)
    }
    this.#boundLifetimes += count
    read()
    this.#boundLifetimes = outer
  }

  /** Lifetimes count from the innermost binder outwards; 0 is one that was erased. */
  #lifetime(): string {
    const index = Number(this.#base62())
    if (index === 0) return "'_"
    // What is hidden may stand below a binder whose back reference was not followed.
    if (index > this.#boundLifetimes) throw new Unreadable()
    return lifetimeName(this.#boundLifetimes - index)
  }

  #identifier(): Identifier {
    const disambiguator = this.#disambiguator()
    return { disambiguator, name: this.#plainIdentifier() }
  }

  #disambiguator(): bigint {
    return this.#eat('s') ? this.#base62() + 1n : 0n
  }

  #plainIdentifier(): string {
    const isPunycode = this.#eat('u')
    const length = Number(this.#match(/0|[1-9]\d{0,4}(?!\d)/y))
    // It separates the length from a name that begins with a digit or with `_`.
    this.#eat('_')
    const end = this.#at + length
    if (end > this.#text.length) throw new Unreadable()
    const written = this.#text.slice(this.#at, end)
    this.#at = end
    this.#spend(length)
    if (!/^\w*$/.test(written)) throw new Unreadable()
    if (!isPunycode) return written
    const name = decodePunycode(written.replace(/_(?=[^_]*$)/, '-'))
    if (name === null) throw new Unreadable()
    return name
  }

  #base62(): bigint {
    // 11 digits hold any 64-bit number.
    const digits = this.#match(/[\dA-Za-z]{0,11}_/y).slice(0, -1)
    if (digits === '') return 0n
    let value = 0n
    for (const digit of digits) value = value * 62n + BigInt(base62Digits.indexOf(digit))
    return value + 1n
  }

  /**
   * Reads what stands earlier in the name, then continues here.
   *
   * @returns `null` where nothing is shown: following references there costs time for nothing
   */
  #backReference<T>(read: () => T): T | null {
    const start = this.#at - 1
    const target = Number(this.#base62())
    if (target >= start) throw new Unreadable()
    if (this.#hidden > 0) return null
    const after = this.#at
    this.#at = target
    const result = read()
    this.#at = after
    return result
  }

  /** Reads elements up to the `E` that closes their list. */
  #list(separator: string, element: () => void): number {
    let count = 0
    for (; !this.#eat('E'); count++) {
      if (count > 0) this.#print(separator)
      element()
    }
    return count
  }

  #hide<T>(read: () => T): T {
    this.#hidden++
    const result = read()
    this.#hidden--
    return result
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > depthMax) throw new Unreadable()
    this.#spend(1)
    const result = read()
    this.#depth--
    return result
  }

  #spend(readings: number): void {
    this.#readings += readings
    if (this.#readings > readingMax) throw new Unreadable()
  }

  #print(text: string): void {
    if (this.#hidden > 0) return
    this.#output += text
    if (this.#output.length > outputLengthMax) throw new Unreadable()
  }

  #rest(): string {
    return this.#text.slice(this.#at)
  }

  #next(): string {
    const character = this.#text[this.#at++]
    if (character === undefined) throw new Unreadable()
    return character
  }

  #eat(character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  /** @param pattern - sticky */
  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (found === null) throw new Unreadable()
    this.#at = pattern.lastIndex
    return found[0]
  }
}

const base62Digits = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** @param index - from the outermost binder inwards */
function lifetimeName(index: number): string {
  return index < 26 ? `'${String.fromCodePoint(0x61 + index)}` : `'_${index}`
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['\t', String.raw`\t`],
  ['\n', String.raw`\n`],
  ['\r', String.raw`\r`],
  ['\\', String.raw`\\`],
])

/** A literal as Rust writes it. */
function quote(text: string, mark: '"' | "'"): string {
  const inner = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\"']/gu, (character) => {
    if (character === '"' || character === "'") return character === mark ? `\\${character}` : character
    return escapes.get(character) ?? String.raw`\u{${character.codePointAt(0)!.toString(16)}}`
  })
  return `${mark}${inner}${mark}`
}
