/**
 * The first two pages of an LMDB file (data version 2): each describes the database after one of the last two
 * transactions. The newer one counts.
 */
import { readSync } from 'node:fs'

/** A tree of pages, as its parent describes it. */
export interface LmdbTree {
  readonly depth: number
  readonly branchPages: number
  readonly leafPages: number
  readonly overflowPages: number
  readonly entries: number
  /** `null` = it is empty. */
  readonly root: number | null
  /** How its keys sort, among other things. */
  readonly flags: number
}

export interface LmdbMeta {
  readonly pageSize: number
  /** The number of the last page that was ever used. The file may be shorter: trailing pages that are free are not written. */
  readonly lastPage: number
  readonly transaction: number
  /** The free pages by the transaction that freed them; keys are native u64. */
  readonly free: LmdbTree
  /** The table of tables. */
  readonly main: LmdbTree
  /** The same after the transaction before, whose pages are still there. */
  readonly before: Omit<LmdbMeta, 'before'>
}

/** Every page starts with 24 bytes: its number, the transaction that wrote it, flags, and how much of it is used. */
export const pageHeaderBytes = 24
export const pageTransactionAt = 8
export const pageFlagsAt = 18
const metaFlag = 0x08

const metaBytes = 160
const magic = 0xbeef_c0de
const version = 2
const addressAt = 8
const mapBytesAt = 16
const freeAt = 24
const mainAt = 72
const lastPageAt = 120
const transactionAt = 128
/** LMDB's own bounds. */
const pageSizeMin = 256
const pageSizeMax = 32_768
/** What a process can address. */
const mapBytesMax = 2 ** 47
/** Keys are integers; LMDB's other options of a file stand here too, and none is in use. */
const freeFlags = 0x08

/** `undefined` when the file is not such a database, or when one of the two pages contradicts itself or the other. */
export function readMeta(fd: number): LmdbMeta | undefined {
  const first = readMetaPage(fd, 0, 0)
  const second = first === undefined ? undefined : readMetaPage(fd, 1, first.pageSize)
  if (first === undefined || second?.pageSize !== first.pageSize) return undefined
  const [older, newer] = second.transaction > first.transaction ? [first, second] : [second, first]
  // Transactions take the two pages in turn. With another number, an older state would be taken for the newest.
  if (newer.transaction > 0 && older.transaction !== newer.transaction - 1) return undefined
  return { ...newer, before: older }
}

/**
 * What a file can still be read by when `readMeta` refuses it: the newest of the two pages that is whole and whose
 * number is that of its tables. The last commit may be missing.
 */
export function readAnyMeta(fd: number): LmdbMeta | undefined {
  const first = readMetaPage(fd, 0, 0)
  const second = readMetaPage(fd, 1, first?.pageSize ?? usualPageBytes)
  const whole = [first, second].filter((meta) => meta !== undefined && isOfItsRoot(fd, meta))
  const newest = whole.reduce(
    (best, meta) => (best === undefined || meta!.transaction > best.transaction ? meta : best),
    undefined,
  )
  return newest === undefined ? undefined : { ...newest, before: newest }
}

/** Every transaction writes the root of the table of tables, so its number is that of the meta page. */
export function isOfItsRoot(
  fd: number,
  { transaction, pageSize, lastPage, main: { root } }: LmdbMeta['before'],
): boolean {
  if (root === null) return true
  if (root > lastPage) return false
  const header = new DataView(new ArrayBuffer(pageHeaderBytes))
  if (readSync(fd, header, 0, pageHeaderBytes, root * pageSize) < pageHeaderBytes) return false
  return (
    Number(header.getBigUint64(0, true)) === root &&
    Number(header.getBigUint64(pageTransactionAt, true)) === transaction
  )
}

const usualPageBytes = 4096

function readMetaPage(fd: number, number: number, position: number): LmdbMeta['before'] | undefined {
  const page = new DataView(new ArrayBuffer(pageHeaderBytes + metaBytes))
  if (readSync(fd, page, 0, page.byteLength, position) < page.byteLength) return undefined
  if (Number(page.getBigUint64(0, true)) !== number || page.getUint16(pageFlagsAt, true) !== metaFlag) return undefined
  const meta = new DataView(page.buffer, pageHeaderBytes)
  if (meta.getUint32(0, true) !== magic || meta.getUint32(4, true) !== version) return undefined
  const pageSize = meta.getUint32(freeAt, true)
  if (pageSize < pageSizeMin || pageSize > pageSizeMax || (pageSize & (pageSize - 1)) !== 0) return undefined
  const lastPage = Number(meta.getBigUint64(lastPageAt, true))
  if (lastPage * pageSize > mapBytesMax) return undefined
  const mapBytes = Number(meta.getBigUint64(mapBytesAt, true))
  if (meta.getBigUint64(addressAt, true) !== 0n || mapBytes < 2 * pageSize || mapBytes > mapBytesMax) return undefined
  const free = readTree(meta, freeAt)
  const main = readTree(meta, mainAt)
  const transaction = Number(meta.getBigUint64(transactionAt, true))
  if (free.flags !== freeFlags || main.flags !== 0) return undefined
  if (transaction > 0 && transaction % 2 !== number) return undefined
  return { pageSize, lastPage, transaction, free, main }
}

/** A tree's description, as it stands in a meta page and in the table of tables. */
export function readTree(view: DataView, at: number): LmdbTree {
  return {
    flags: view.getUint16(at + 4, true),
    depth: view.getUint16(at + 6, true),
    branchPages: Number(view.getBigUint64(at + 8, true)),
    leafPages: Number(view.getBigUint64(at + 16, true)),
    overflowPages: Number(view.getBigUint64(at + 24, true)),
    entries: Number(view.getBigUint64(at + 32, true)),
    root: pageNumber(view, at + 40),
  }
}

const noPage = 0xffff_ffff_ffff_ffffn

/** `null` = there is none. */
function pageNumber(view: DataView, at: number): number | null {
  const number = view.getBigUint64(at, true)
  return number === noPage ? null : Number(number)
}
