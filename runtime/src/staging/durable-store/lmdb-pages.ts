/**
 * Walks all pages of an LMDB file that are in use, and checks that they are there and hold together: LMDB follows page
 * numbers, offsets and sizes without looking. What the records hold is not checked; the store's own checksums do that.
 */
import { readSync } from 'node:fs'
import { DamagedBytes, isTableName, tableNames, type TableName } from './damaged-bytes.ts'
import { checkFreePages } from './lmdb-free-pages.ts'
import {
  isOfItsRoot,
  pageFlagsAt,
  pageHeaderBytes,
  pageTransactionAt,
  readTree,
  type LmdbMeta,
  type LmdbTree,
} from './lmdb-meta.ts'

const lowerAt = 20
const upperAt = 22
const overflowPagesAt = 20
const branchFlag = 0x01
const leafFlag = 0x02
const overflowFlag = 0x04

/** A node: data size or page number, flags, key size; then the key and the data. */
const nodeBytes = 8
const longFlag = 0x01
const tableFlag = 0x02
/** The data of a node whose value is in separate pages: their first, its transaction, and their number. */
const longBytes = 24
const treeBytes = 48
const keyBytesMax = 1978
/** Deeper trees do not exist: even with two keys a page they would not fit into any file. */
const depthMax = 32

/** What a walk finds. */
export interface PageSink {
  /** Receives the records of the named tables. `read` reads the value; it is `undefined` when the value is cut off. */
  record(table: TableName, key: Buffer, read: () => Buffer | undefined): void
  /** Receives what does not hold together; the walk leaves out what hangs on it, unless this throws. */
  damaged(damage: DamagedBytes): void
}

/** Checks all pages. @param fd - the file, open for reading. @throws {DamagedBytes} */
export function checkPages(fd: number, meta: LmdbMeta): void {
  walkPages(fd, meta, {
    record: () => {},
    damaged(damage) {
      throw damage
    },
  })
}

/** @param fd - the file, open for reading. @throws what `sink` throws */
export function walkPages(fd: number, meta: LmdbMeta, sink: PageSink): void {
  new PageWalk(fd, meta, sink).walk()
}

/** The pages of one tree, counted. */
interface TreeCount {
  branchPages: number
  leafPages: number
  overflowPages: number
  entries: number
}

interface Node {
  readonly flags: number
  readonly key: Buffer
  /** A page number, or the size of the data. */
  readonly low: number
  readonly data: Buffer
}

class PageWalk {
  readonly #fd: number
  readonly #meta: LmdbMeta
  readonly #sink: PageSink
  readonly #seen = new Set<number>()
  readonly #entries = new Map<TableName, number>()

  constructor(fd: number, meta: LmdbMeta, sink: PageSink) {
    this.#fd = fd
    this.#meta = meta
    this.#sink = sink
  }

  walk(): void {
    const freeLists: { readonly key: Buffer; readonly value: Buffer | undefined }[] = []
    this.#walkTree(this.#meta.free, compareNumbers, (node, count) => {
      const read = this.#reader(node, count)
      freeLists.push({ key: node.key, value: read?.() })
    })
    this.#walkTree(this.#meta.main, compareBytes, (node, count) => this.#visitTable(node, count))
    // A store that was created and then killed has some of them, all empty.
    // Stores have the state since workflows have one; the totals say what should be in it.
    const missing = tableNames.find((name) => name !== 'state' && !this.#entries.has(name))
    if (missing !== undefined && this.#entries.values().some((entries) => entries > 0))
      this.#report(`the table ${missing} is missing`)
    const { lastPage, transaction } = this.#meta
    for (const { key, value } of freeLists) {
      const damage = checkFreePages(key, value, { lastPage, transaction, seen: this.#seen })
      if (damage !== null) this.#report(damage)
    }
    for (const meta of [this.#meta, this.#meta.before]) {
      // With another number, an older state would be taken for the newest.
      if (!isOfItsRoot(this.#fd, meta))
        this.#report('a meta page was overwritten: its number is not that of its tables')
    }
  }

  #visitTable(node: Node, count: TreeCount): void {
    // The names of tables end with a zero.
    const name = node.key.toString('latin1').replace(/\0$/, '')
    // Of another database: its tables are not opened.
    if (!isTableName(name)) {
      if (node.flags === tableFlag) count.entries++
      else this.#reader(node, count)
      return
    }
    count.entries++
    const tree =
      node.data.length === treeBytes ? readTree(new DataView(node.data.buffer, node.data.byteOffset), 0) : null
    if (node.flags !== tableFlag || tree?.flags !== 0) {
      this.#report(`the description of the table ${name} was overwritten`)
      return
    }
    this.#entries.set(name, tree.entries)
    this.#walkTree(tree, compareBytes, (record, recordCount) => {
      const read = this.#reader(record, recordCount)
      if (read !== undefined) this.#sink.record(name, record.key, read)
    })
  }

  #walkTree(
    tree: LmdbTree,
    compare: (left: Buffer, right: Buffer) => number,
    visit: (node: Node, count: TreeCount) => void,
  ): void {
    const count: TreeCount = { branchPages: 0, leafPages: 0, overflowPages: 0, entries: 0 }
    // Every key of a subtree lies from its key in the branch up to, but not including, the next one.
    const walkPage = (number: number, depth: number, from: Buffer | null, to: Buffer | null): void => {
      const page = this.#readPage(number)
      if (page === undefined) return
      const flags = page.readUInt16LE(pageFlagsAt)
      const isBranch = flags === branchFlag
      // All leaves are equally deep.
      if ((!isBranch && flags !== leafFlag) || depth > depthMax || isBranch !== depth < tree.depth) {
        this.#report(`page ${number} was overwritten`)
        if (flags !== branchFlag && flags !== leafFlag) return
      }
      if (isBranch) count.branchPages++
      else count.leafPages++
      const nodes = this.#nodesOf(page, number, isBranch)
      // The first key of a branch stands for everything below the second, and may be empty.
      for (let index = isBranch ? 1 : 0; index < nodes.length; index++) {
        const { key } = nodes[index]!
        const isFirst = index === (isBranch ? 1 : 0)
        const before = isFirst ? from : nodes[index - 1]!.key
        const isTooLow = before !== null && compare(key, before) < (isFirst ? 0 : 1)
        if (isTooLow || (to !== null && compare(key, to) >= 0))
          this.#report(`page ${number} was overwritten: its keys are not in order`)
      }
      nodes.forEach((node, index) => {
        if (isBranch) {
          const low = index === 0 ? from : node.key
          walkPage(childOf(node), depth + 1, low, nodes[index + 1]?.key ?? to)
        } else visit(node, count)
      })
    }
    if (tree.root !== null) walkPage(tree.root, 1, null, null)
    const { root, depth, branchPages, leafPages, overflowPages, entries } = tree
    const isAsCounted =
      count.branchPages === branchPages &&
      count.leafPages === leafPages &&
      count.overflowPages === overflowPages &&
      count.entries === entries &&
      (root === null) === (depth === 0)
    if (!isAsCounted) this.#report(`a table has ${count.entries} records, expected ${entries}`)
  }

  /** `undefined` when the page is reported as damaged. */
  #readPage(number: number): Buffer | undefined {
    const { lastPage, pageSize, transaction } = this.#meta
    // The first two pages belong to no tree.
    if (number < 2 || number > lastPage) return this.#report(`there is no page ${number}, the last is ${lastPage}`)
    const page = Buffer.allocUnsafe(pageSize)
    if (readSync(this.#fd, page, 0, pageSize, number * pageSize) < pageSize)
      return this.#report(`it was cut off, page ${number} of ${lastPage} is missing`)
    // Each page is in one place only: what leads around in circles was overwritten.
    const isItself = Number(page.readBigUInt64LE(0)) === number && !this.#seen.has(number)
    if (!isItself || Number(page.readBigUInt64LE(pageTransactionAt)) > transaction)
      return this.#report(`page ${number} was overwritten`)
    this.#seen.add(number)
    return page
  }

  /** The nodes of a page; those that are not inside it are reported and left out. */
  #nodesOf(page: Buffer, number: number, isBranch: boolean): Node[] {
    const lower = page.readUInt16LE(lowerAt)
    const upper = page.readUInt16LE(upperAt)
    const room = page.length - pageHeaderBytes
    const nodes: Node[] = []
    const isWhole = lower % 2 === 0 && upper % 2 === 0 && lower <= upper && upper <= room && lower >= (isBranch ? 4 : 2)
    if (!isWhole) this.#report(`page ${number} was overwritten`)
    let used = 0
    for (let at = 0; at + 2 <= Math.min(lower, room); at += 2) {
      const start = page.readUInt16LE(pageHeaderBytes + at)
      const node =
        start < lower || start > room - nodeBytes ? undefined : readNode(page, pageHeaderBytes + start, isBranch)
      if (node === undefined) {
        this.#report(`page ${number} was overwritten`)
        continue
      }
      used += evenSize(nodeBytes + node.key.length + node.data.length)
      nodes.push(node)
    }
    // The nodes fill the page from its end on.
    if (isWhole && used !== room - upper) this.#report(`page ${number} was overwritten: its records overlap`)
    return nodes
  }

  /** Counts a leaf's record. @returns how to read its value; `undefined` when it is reported as damaged */
  #reader(node: Node, count: TreeCount): (() => Buffer | undefined) | undefined {
    count.entries++
    if (node.flags === 0) return () => node.data
    if (node.flags !== longFlag) return this.#report('a record has unknown flags')
    const { pageSize, lastPage } = this.#meta
    // A long value takes adjacent pages, and only the first has a header.
    const first = Number(node.data.readBigUInt64LE(0))
    const pageCount = Math.ceil((pageHeaderBytes + node.low) / pageSize)
    const page = this.#readPage(first)
    if (page === undefined) return undefined
    if (
      page.readUInt16LE(pageFlagsAt) !== overflowFlag ||
      page.readUInt32LE(overflowPagesAt) !== pageCount ||
      node.data.readBigUInt64LE(8) !== page.readBigUInt64LE(pageTransactionAt) ||
      Number(node.data.readBigUInt64LE(16)) !== pageCount
    )
      return this.#report(`page ${first} was overwritten`)
    const last = first + pageCount - 1
    for (let number = first + 1; number <= last; number++) {
      if (this.#seen.has(number)) return this.#report(`page ${number} was overwritten`)
      this.#seen.add(number)
    }
    if (last > lastPage || readSync(this.#fd, Buffer.alloc(1), 0, 1, (last + 1) * pageSize - 1) < 1)
      return this.#report(`it was cut off, page ${last} of ${lastPage} is missing`)
    count.overflowPages += pageCount
    return () => {
      const value = Buffer.alloc(node.low)
      return readSync(this.#fd, value, 0, node.low, first * pageSize + pageHeaderBytes) < node.low ? undefined : value
    }
  }

  #report(damage: string): undefined {
    this.#sink.damaged(new DamagedBytes(damage))
  }
}

/** `undefined` when the node is not inside the page. */
function readNode(page: Buffer, at: number, isBranch: boolean): Node | undefined {
  const flags = page.readUInt16LE(at + 4)
  const keyBytes = page.readUInt16LE(at + 6)
  const low = page.readUInt32LE(at)
  const dataBytes = isBranch ? 0 : (flags & longFlag) === 0 ? low : longBytes
  const dataAt = at + nodeBytes + keyBytes
  if (keyBytes > keyBytesMax || (keyBytes === 0 && !isBranch) || dataAt + dataBytes > page.length) return undefined
  const key = page.subarray(at + nodeBytes, dataAt)
  return { flags, key, low, data: page.subarray(dataAt, dataAt + dataBytes) }
}

/** 48 bits, the upper ones in the place of the flags. */
function childOf({ low, flags }: Node): number {
  return low + flags * 2 ** 32
}

function evenSize(bytes: number): number {
  return bytes + (bytes % 2)
}

function compareBytes(left: Buffer, right: Buffer): number {
  return left.compare(right)
}

/** Keys that are native 64-bit numbers. */
function compareNumbers(left: Buffer, right: Buffer): number {
  // Of another length is no such key, and not in order.
  if (left.length !== 8 || right.length !== 8) return -1
  return Number(left.readBigUInt64LE(0) - right.readBigUInt64LE(0))
}
