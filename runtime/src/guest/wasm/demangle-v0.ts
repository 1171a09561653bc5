/**
 * Reads Rust's v0 symbol names (RFC 2603, and "Symbol Mangling" in the rustc book): `_RNvCs15kBYyAo9fc_7mycrate7example`
 * is `mycrate::example`. One method per rule of the grammar; each prints what it reads.
 */
import { SymbolCursor, Unreadable } from './symbol-cursor.ts'

/** A function's name, for people. */
export interface FunctionName {
  /** Without hashes and without the crate that instantiated it. */
  readonly text: string
  /** The same for all instances of a generic function: the path to its source. */
  readonly item: string
  /** The Rust crate whose source has the code, whatever types it is instantiated for; `null` when the name has none. */
  readonly crate: string | null
}

// The longest names of real modules have a few thousand characters.
const symbolLengthMax = 16_384

/** @returns `null` for a name that does not follow the grammar, or follows it beyond the bounds */
export function demangleV0(symbol: string): FunctionName | null {
  // The number that may follow `_R` stands for a version of the grammar that does not exist yet.
  if (symbol.length > symbolLengthMax || !/^_R[A-Z][!-~]*$/.test(symbol)) return null
  try {
    return new SymbolReader(new SymbolCursor(symbol.slice(2))).symbol()
  } catch (error) {
    if (error instanceof Unreadable) return null
    throw error
  }
}

const basicTypes: ReadonlyMap<string, string> = new Map([
  ...Object.entries({ a: 'i8', b: 'bool', c: 'char', d: 'f64', e: 'str', f: 'f32', h: 'u8', i: 'isize', j: 'usize' }),
  ...Object.entries({ l: 'i32', m: 'u32', n: 'i128', o: 'u128', p: '_', s: 'i16', t: 'u16', u: '()', v: '...' }),
  ...Object.entries({ x: 'i64', y: 'u64', z: '!' }),
])

const specialNamespaces: ReadonlyMap<string, string> = new Map([
  ['C', 'closure'],
  ['S', 'shim'],
])

class SymbolReader {
  readonly #cursor: SymbolCursor
  #boundLifetimes = 0

  constructor(cursor: SymbolCursor) {
    this.#cursor = cursor
  }

  symbol(): FunctionName {
    const item = this.#path(true)
    if (/^[A-Z]/.test(this.#cursor.rest())) this.#cursor.hide(() => this.#path(false))
    const suffix = this.#cursor.rest()
    if (suffix !== '' && !/^[.$]/.test(suffix)) throw new Unreadable()
    return { text: this.#cursor.output + suffix, item, crate: /^\w+/.exec(item)?.[0] ?? null }
  }

  /**
   * @param inValue - generic arguments need `::` in expressions, not in types
   * @returns the item it leads to: crate, modules, `impl` blocks by number, without generic arguments
   */
  #path(inValue: boolean): string {
    return this.#cursor.nested(() => {
      const tag = this.#cursor.next()
      switch (tag) {
        case 'C': {
          const { name } = this.#cursor.identifier()
          this.#cursor.print(name)
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
          this.#cursor.print('>')
          return item
        }
        case 'B':
          return this.#cursor.backReference(() => this.#path(inValue)) ?? ''
        default:
          throw new Unreadable()
      }
    })
  }

  #nestedPath(inValue: boolean): string {
    const namespace = this.#cursor.next()
    if (!/[A-Za-z]/.test(namespace)) throw new Unreadable()
    const parent = this.#path(inValue)
    const { name, disambiguator } = this.#cursor.identifier()
    const kind = specialNamespaces.get(namespace) ?? namespace
    const special = `::{${kind}${name === '' ? '' : `:${name}`}#${disambiguator}}`
    // Namespaces in lower case are the compiler's own business.
    if (namespace < 'a') this.#cursor.print(special)
    else if (name !== '') this.#cursor.print(`::${name}`)
    return parent + (namespace >= 'a' && disambiguator === 0n ? `::${name}` : special)
  }

  #implementation(tag: 'M' | 'X' | 'Y'): string {
    let item = ''
    if (tag !== 'Y') {
      // Where the `impl` block stands; a reader wants to know whom it is for.
      const number = this.#cursor.disambiguator()
      item = `${this.#cursor.hide(() => this.#path(false))}::{impl#${number}}`
    }
    this.#cursor.print('<')
    this.#type()
    if (tag !== 'M') {
      this.#cursor.print(' as ')
      const trait = this.#path(false)
      // A method that the trait itself provides.
      if (tag === 'Y') item = trait
    }
    this.#cursor.print('>')
    return item
  }

  /** Prints `path<a, b`, with neither `I` in front nor `>` at the end. */
  #openGenerics(inValue: boolean): string {
    const item = this.#path(inValue)
    this.#cursor.print(inValue ? '::<' : '<')
    this.#cursor.list(', ', () => this.#genericArgument())
    return item
  }

  #genericArgument(): void {
    if (this.#cursor.eat('L')) this.#cursor.print(this.#lifetime())
    else if (this.#cursor.eat('K')) this.#constant(false)
    else this.#type()
  }

  #type(): void {
    this.#cursor.nested(() => {
      const tag = this.#cursor.next()
      const basic = basicTypes.get(tag)
      if (basic === undefined) this.#compositeType(tag)
      else this.#cursor.print(basic)
    })
  }

  #compositeType(tag: string): void {
    switch (tag) {
      case 'R':
      case 'Q':
        return this.#reference(tag)
      case 'P':
      case 'O':
        this.#cursor.print(tag === 'P' ? '*const ' : '*mut ')
        return this.#type()
      case 'A':
        this.#cursor.print('[')
        this.#type()
        this.#cursor.print('; ')
        this.#constant(true)
        return this.#cursor.print(']')
      case 'S':
        this.#cursor.print('[')
        this.#type()
        return this.#cursor.print(']')
      case 'T':
        return this.#tuple(() => this.#type())
      case 'F':
        return this.#withBinder(() => this.#functionSignature())
      case 'D':
        return this.#traitObject()
      case 'W':
        this.#type()
        this.#cursor.print(' is ')
        return this.#pattern()
      case 'B':
        this.#cursor.backReference(() => this.#type())
        return undefined
      default:
        this.#cursor.back()
        this.#path(false)
    }
  }

  #reference(tag: 'R' | 'Q'): void {
    this.#cursor.print('&')
    if (this.#cursor.eat('L')) {
      const lifetime = this.#lifetime()
      if (lifetime !== "'_") this.#cursor.print(`${lifetime} `)
    }
    if (tag === 'Q') this.#cursor.print('mut ')
    this.#type()
  }

  #tuple(element: () => void): void {
    this.#cursor.print('(')
    if (this.#cursor.list(', ', element) === 1) this.#cursor.print(',')
    this.#cursor.print(')')
  }

  #functionSignature(): void {
    if (this.#cursor.eat('U')) this.#cursor.print('unsafe ')
    if (this.#cursor.eat('K')) {
      const abi = this.#cursor.eat('C') ? 'C' : this.#cursor.plainIdentifier().replaceAll('_', '-')
      this.#cursor.print(`extern "${abi}" `)
    }
    this.#cursor.print('fn(')
    this.#cursor.list(', ', () => {
      if (this.#cursor.eat('w')) this.#cursor.print('#[splat] ')
      this.#type()
    })
    this.#cursor.print(')')
    if (this.#cursor.eat('u')) return
    this.#cursor.print(' -> ')
    this.#type()
  }

  #traitObject(): void {
    this.#cursor.print('dyn ')
    this.#withBinder(() => this.#cursor.list(' + ', () => this.#boundTrait()))
    if (!this.#cursor.eat('L')) throw new Unreadable()
    const lifetime = this.#lifetime()
    if (lifetime !== "'_") this.#cursor.print(` + ${lifetime}`)
  }

  /** A trait with its associated types among the generic arguments: `Iterator<Item = u8>`. */
  #boundTrait(): void {
    let separator = this.#boundTraitPath() ? ', ' : '<'
    while (this.#cursor.eat('p')) {
      this.#cursor.print(`${separator}${this.#cursor.plainIdentifier()} = `)
      separator = ', '
      if (this.#cursor.eat('K')) this.#constant(false)
      else this.#type()
    }
    if (separator === ', ') this.#cursor.print('>')
  }

  /** @returns whether a list of generic arguments is open */
  #boundTraitPath(): boolean {
    return this.#cursor.nested(() => {
      if (this.#cursor.eat('B')) return this.#cursor.backReference(() => this.#boundTraitPath()) ?? false
      const isGeneric = this.#cursor.eat('I')
      if (isGeneric) this.#openGenerics(false)
      else this.#path(false)
      return isGeneric
    })
  }

  #pattern(): void {
    this.#cursor.nested(() => {
      switch (this.#cursor.next()) {
        case 'R':
          this.#constant(true)
          this.#cursor.print('..=')
          return this.#constant(true)
        case 'O':
          this.#cursor.list(' | ', () => this.#pattern())
          return undefined
        default:
          throw new Unreadable()
      }
    })
  }

  /** @param inValue - an expression is not braced again inside another one */
  #constant(inValue: boolean): void {
    this.#cursor.nested(() => {
      const tag = this.#cursor.next()
      if (tag === 'B') {
        this.#cursor.backReference(() => this.#constant(inValue))
      } else if (tag === 'R' && this.#cursor.eat('e')) {
        this.#cursor.print(this.#constantText())
      } else if ('eRQATV'.includes(tag)) {
        if (!inValue) this.#cursor.print('{')
        this.#constantExpression(tag)
        if (!inValue) this.#cursor.print('}')
      } else {
        this.#cursor.print(this.#constantLiteral(tag))
      }
    })
  }

  #constantExpression(tag: string): void {
    switch (tag) {
      case 'e':
        return this.#cursor.print(`*${this.#constantText()}`)
      case 'R':
      case 'Q':
        this.#cursor.print(tag === 'R' ? '&' : '&mut ')
        return this.#constant(true)
      case 'A':
        this.#cursor.print('[')
        this.#cursor.list(', ', () => this.#constant(true))
        return this.#cursor.print(']')
      case 'T':
        return this.#tuple(() => this.#constant(true))
      default:
        this.#path(true)
        return this.#constantFields()
    }
  }

  #constantFields(): void {
    const shape = this.#cursor.next()
    if (shape === 'T') {
      this.#cursor.print('(')
      this.#cursor.list(', ', () => this.#constant(true))
      this.#cursor.print(')')
    } else if (shape === 'S') {
      this.#cursor.print(' { ')
      this.#cursor.list(', ', () => {
        this.#cursor.print(`${this.#cursor.identifier().name}: `)
        this.#constant(true)
      })
      this.#cursor.print(' }')
    } else if (shape !== 'U') {
      throw new Unreadable()
    }
  }

  #constantLiteral(type: string): string {
    if (type === 'p') return '_'
    if ('htmyoj'.includes(type)) return this.#cursor.integer()
    if ('aslxni'.includes(type)) return this.#cursor.eat('n') ? `-${this.#cursor.integer()}` : this.#cursor.integer()
    const digits = this.#cursor.hexadecimal()
    if (type === 'b' && /^[01]$/.test(digits)) return digits === '1' ? 'true' : 'false'
    if (type === 'c' && /^[\da-f]{1,6}$/.test(digits)) {
      const code = Number.parseInt(digits, 16)
      if (code <= 0x10_ffff && (code < 0xd800 || code > 0xdfff)) return quote(String.fromCodePoint(code), "'")
    }
    throw new Unreadable()
  }

  #constantText(): string {
    const digits = this.#cursor.hexadecimal()
    if (digits.length % 2 !== 0) throw new Unreadable()
    const bytes = Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
    try {
      return quote(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), '"')
    } catch {
      throw new Unreadable()
    }
  }

  /** Names the lifetimes that `for<…>` binds around what is read. */
  #withBinder(read: () => void): void {
    const count = this.#cursor.eat('G') ? Number(this.#cursor.base62()) + 1 : 0
    // Each of them takes room in the name where it is used.
    if (count > this.#cursor.length) throw new Unreadable()
    this.#cursor.spend(count)
    const outer = this.#boundLifetimes
    if (count > 0) {
      const names = Array.from({ length: count }, (_, index) => lifetimeName(outer + index))
      this.#cursor.print(`for<${names.join(', ')}> `)
    }
    this.#boundLifetimes += count
    read()
    this.#boundLifetimes = outer
  }

  /** Lifetimes count from the innermost binder outwards; 0 is one that was erased. */
  #lifetime(): string {
    const index = Number(this.#cursor.base62())
    if (index === 0) return "'_"
    // What is hidden may stand below a binder whose back reference was not followed.
    if (index > this.#boundLifetimes) throw new Unreadable()
    return lifetimeName(this.#boundLifetimes - index)
  }
}

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
