/**
 * A YAML document as plain values that know where they stand; only this file uses the `yaml` package.
 *
 * Aliases are resolved here, so that no other file meets them.
 */
import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type ErrorCode,
  type Node,
  type Scalar,
} from 'yaml'
import { parseWrittenNumber, WrittenNumber } from '@slung/runtime'
import type { Position } from './spec.ts'

export type Located = LocatedScalar | LocatedList | LocatedMapping

export interface LocatedScalar extends Position {
  readonly kind: 'scalar'
  readonly value: string | number | WrittenNumber | boolean | null
  /** A number with a plus sign, which YAML drops and a time keeps: `+2` is no 2. */
  readonly isSigned?: true
}

export interface LocatedList extends Position {
  readonly kind: 'list'
  readonly items: readonly Located[]
}

export interface LocatedMapping extends Position {
  readonly kind: 'mapping'
  /** In the order of the file, with distinct keys. */
  readonly entries: readonly LocatedEntry[]
}

/** The position is that of the key. */
export interface LocatedEntry extends Position {
  readonly key: string
  readonly value: Located
}

/** Records a problem; reading continues, to find all of them. */
export type Report = (at: Position, message: string) => void

/** Reads YAML 1.2 text. Returns `null` for a document that is empty or was reported to be invalid. */
export function readYaml(text: string, report: Report): Located | null {
  const positionOf = positionsIn(text)
  const document = parseDocument(text, { prettyErrors: false })
  for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
    report(
      positionOf(pos[0]),
      `this is not valid YAML: ${betterTexts[code] ?? (isTooDeep(message) ? tooDeep : message)}`,
    )
  }
  if (document.errors.length > 0 || document.contents === null) return null

  const anchors = new Map<string, Node>()
  const targets = new Map<Alias, Node | undefined>()
  let repeatedCount = 0

  /**
   * `open` holds the collections being read: an alias to one of them would never end.
   *
   * @param alias - the first one through which the node is read again; `null` where it stands in the file
   */
  const locate = (node: Node | null, parent: Position, open: readonly Node[], alias: Position | null): Located => {
    const at = node?.range ? positionOf(node.range[0]) : parent
    if (alias !== null && ++repeatedCount >= repeatedMax) {
      const most = repeatedMax.toLocaleString('en')
      if (repeatedCount === repeatedMax) {
        report(
          alias,
          `with this alias, the aliases of the file repeat more than ${most} values, expected at most that many`,
        )
      }
      return { kind: 'scalar', ...at, value: null }
    }
    if (open.length > depthMax) {
      report(at, `this is nested more than ${depthMax} levels deep, expected at most that many`)
      return { kind: 'scalar', ...at, value: null }
    }
    if (isAlias(node)) {
      // Where it is read again, its anchor may stand for something else.
      if (!targets.has(node)) targets.set(node, anchors.get(node.source))
      const target = targets.get(node)
      if (target !== undefined && !open.includes(target)) return locate(target, at, open, alias ?? at)
      const problem = target === undefined ? `has no anchor "&${node.source}" before it` : 'is inside what it repeats'
      report(at, `the alias "*${node.source}" ${problem}`)
    } else if (alias === null && node?.anchor !== undefined) {
      anchors.set(node.anchor, node)
    }
    if (isSeq<Node>(node)) {
      return { kind: 'list', ...at, items: node.items.map((item) => locate(item, at, [...open, node], alias)) }
    }
    if (isMap<Node, Node | null>(node)) {
      const entries = node.items.flatMap(({ key, value }): LocatedEntry[] => {
        const keyAt = key.range ? positionOf(key.range[0]) : at
        if (isScalar(key)) {
          if (alias === null && key.anchor !== undefined) anchors.set(key.anchor, key)
          return [{ ...keyAt, key: String(asWritten(key)), value: locate(value, keyAt, [...open, node], alias) }]
        }
        report(keyAt, 'this key is not a string, expected one such as "name"')
        return []
      })
      return { kind: 'mapping', ...at, entries }
    }
    const isSigned = isScalar(node) && typeof node.value === 'number' && node.source?.startsWith('+') === true
    const value = isScalar(node) ? scalarValue(asWritten(node), at) : null
    return { kind: 'scalar', ...at, value, ...(isSigned && { isSigned }) }
  }

  const scalarValue = (value: unknown, at: Position): LocatedScalar['value'] => {
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
    if (value instanceof WrittenNumber || (typeof value === 'number' && Number.isFinite(value))) return value
    report(at, `${typeof value === 'number' ? value : `this ${typeof value}`} is not a JSON value`)
    return null
  }

  return locate(document.contents, { line: 1, column: 1 }, [], null)
}

/** Turns offsets into places. The package's own counter misses lines that follow a collection which is not closed. */
function positionsIn(text: string): (offset: number) => Position {
  const starts = [0]
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) starts.push(end + 1)
  return (offset) => {
    let [line, after] = [0, starts.length]
    while (after - line > 1) {
      const middle = (line + after) >> 1
      if (starts[middle]! <= offset) line = middle
      else after = middle
    }
    return { line: line + 1, column: offset - starts[line]! + 1 }
  }
}

/** The value of a scalar, with all digits of a number. */
function asWritten({ value, source }: Scalar): unknown {
  if (typeof value !== 'number' || source === undefined) return value
  // Only these forms are not decimal: 0x1f, 0o17, .inf and .nan.
  if (/^0[ox]/.test(source)) {
    // Longer ones are beyond doubles, and take long to be written in decimals.
    return source.length > 400 ? value : parseWrittenNumber(String(BigInt(source)))
  }
  return /\d/.test(source) ? parseWrittenNumber(source) : value
}

/** Ten lists of ten aliases each, nine deep, would be a thousand million values. */
const repeatedMax = 100_000

/** Some ten are enough for any spec, and bodies in it. */
const depthMax = 200

/** For errors whose own text mentions the package's functions, or a map where we say mapping. */
const betterTexts: Partial<Record<ErrorCode, string>> = {
  MULTIPLE_DOCS: 'a second document begins here, expected one',
  DUPLICATE_KEY: 'this key appears twice in the same mapping',
}

/** Of the parser, which uses the stack for each level. */
function isTooDeep(message: string): boolean {
  return /call stack|stack overflow/i.test(message)
}

const tooDeep = `it is nested more than ${depthMax} levels deep, expected at most that many`
