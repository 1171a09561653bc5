/**
 * Walks all pages of an LMDB file that are in use, and checks that they are there and hold together: LMDB follows page
 * numbers and offsets without looking. What the pages hold is not checked; the store's own checksums do that.
 */
import { readSync } from 'node:fs'
import { DamagedBytes } from './damaged-bytes.ts'
import { pageFlagsAt, pageHeaderBytes, pageNumber, type LmdbMeta } from './lmdb-meta.ts'

const lowerAt = 20
const branchFlag = 0x01
const leafFlag = 0x02
const overflowFlag = 0x04

/** A node: data size or page number, flags, key size; then the key and the data. */
const nodeBytes = 8
const bigDataFlag = 0x01
const tableFlag = 0x02
/** A table's root in its description, which is the data of a node. */
const tableRootAt = 40
const tableBytes = 48

/** @param fd - the file, open for reading. @throws {DamagedBytes} */
export function checkPages(fd: number, { pageSize, lastPage, roots }: LmdbMeta): void {
  const seen = new Set<number>()
  const readPage = (number: number): DataView => {
    // The first two pages belong to no tree.
    if (number < 2 || number > lastPage) throw new DamagedBytes(`there is no page ${number}, the last is ${lastPage}`)
    const page = new DataView(new ArrayBuffer(pageSize))
    if (readSync(fd, page, 0, pageSize, number * pageSize) < pageSize) throw cutOff(number)
    // Each page is in one place only: what leads around in circles was overwritten.
    if (Number(page.getBigUint64(0, true)) !== number || seen.has(number)) throw overwritten(number)
    seen.add(number)
    return page
  }
  const cutOff = (number: number): DamagedBytes =>
    new DamagedBytes(`it was cut off, page ${number} of ${lastPage} is missing`)

  const checkTree = (root: number | null): void => {
    if (root === null) return
    const page = readPage(root)
    const flags = page.getUint16(pageFlagsAt, true)
    const isBranch = (flags & branchFlag) !== 0
    if (isBranch === ((flags & leafFlag) !== 0)) throw overwritten(root)
    for (const node of nodesOf(page, root)) {
      if (isBranch) checkTree(childOf(node))
      else checkLeaf(node, root)
    }
  }

  const checkLeaf = (node: DataView, page: number): void => {
    const flags = node.getUint16(4, true)
    const dataAt = nodeBytes + node.getUint16(6, true)
    const dataBytes = node.getUint32(0, true)
    const inlineBytes = (flags & bigDataFlag) === 0 ? dataBytes : 8
    if (dataAt + inlineBytes > node.byteLength) throw overwritten(page)
    if ((flags & bigDataFlag) !== 0) checkOverflow(pageNumber(node, dataAt), dataBytes)
    else if ((flags & tableFlag) !== 0) {
      if (dataBytes !== tableBytes) throw overwritten(page)
      checkTree(pageNumber(node, dataAt + tableRootAt))
    }
  }

  /** A long value takes adjacent pages, and only the first has a header. */
  const checkOverflow = (first: number | null, dataBytes: number): void => {
    const page = readPage(first ?? 0)
    const last = first! + Math.ceil((pageHeaderBytes + dataBytes) / pageSize) - 1
    if ((page.getUint16(pageFlagsAt, true) & overflowFlag) === 0) throw overwritten(first)
    if (last > lastPage || readSync(fd, new Uint8Array(1), 0, 1, (last + 1) * pageSize - 1) < 1) throw cutOff(last)
  }

  for (const root of roots) checkTree(root)
}

/** The nodes of a page, each up to the page's end. */
function* nodesOf(page: DataView, number: number): Generator<DataView> {
  const count = page.getUint16(lowerAt, true) >> 1
  if (pageHeaderBytes + 2 * count > page.byteLength) throw overwritten(number)
  for (let index = 0; index < count; index++) {
    const at = pageHeaderBytes + page.getUint16(pageHeaderBytes + 2 * index, true)
    if (at + nodeBytes > page.byteLength) throw overwritten(number)
    yield new DataView(page.buffer, at)
  }
}

function overwritten(page: number | null): DamagedBytes {
  return new DamagedBytes(`page ${page} was overwritten`)
}

/** 48 bits, the upper ones in the place of the flags. */
function childOf(node: DataView): number {
  return node.getUint32(0, true) + node.getUint16(4, true) * 2 ** 32
}
