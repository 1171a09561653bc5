/**
 * The first two pages of an LMDB file (data version 2): each describes the database after one of the last two
 * transactions. The newer one counts.
 */
import { readSync } from 'node:fs'

export interface LmdbMeta {
  readonly pageSize: number
  /** The number of the last page that was ever used. The file may be shorter: trailing pages that are free are not written. */
  readonly lastPage: number
  readonly transaction: bigint
  /** The root pages of the list of free pages and of the table of tables; `null` = it is empty. */
  readonly roots: readonly (number | null)[]
}

/** Every page starts with 24 bytes: its number, the transaction that wrote it, flags, and how much of it is used. */
export const pageHeaderBytes = 24
export const pageFlagsAt = 18
const metaFlag = 0x08

const metaBytes = 160
const magic = 0xbeef_c0de
const version = 2
const pageSizeAt = 24
const rootsAt = [64, 112]
const lastPageAt = 120
const transactionAt = 128
/** LMDB's own bounds. */
const pageSizeMin = 256
const pageSizeMax = 32_768

const noPage = 0xffff_ffff_ffff_ffffn

/** `undefined` when the file is not such a database, or when one of the two pages contradicts itself. */
export function readMeta(fd: number): LmdbMeta | undefined {
  const first = readMetaPage(fd, 0)
  const second = first === undefined ? undefined : readMetaPage(fd, first.pageSize)
  if (first === undefined || second?.pageSize !== first.pageSize) return undefined
  return second.transaction > first.transaction ? second : first
}

function readMetaPage(fd: number, position: number): LmdbMeta | undefined {
  const page = new DataView(new ArrayBuffer(pageHeaderBytes + metaBytes))
  if (readSync(fd, page, 0, page.byteLength, position) < page.byteLength) return undefined
  if ((page.getUint16(pageFlagsAt, true) & metaFlag) === 0) return undefined
  const meta = new DataView(page.buffer, pageHeaderBytes)
  if (meta.getUint32(0, true) !== magic || meta.getUint16(4, true) !== version) return undefined
  const pageSize = meta.getUint32(pageSizeAt, true)
  if (pageSize < pageSizeMin || pageSize > pageSizeMax || (pageSize & (pageSize - 1)) !== 0) return undefined
  return {
    pageSize,
    lastPage: Number(meta.getBigUint64(lastPageAt, true)),
    transaction: meta.getBigUint64(transactionAt, true),
    roots: rootsAt.map((at) => pageNumber(meta, at)),
  }
}

/** A page number as tables store that of their root; `null` = there is none. */
export function pageNumber(view: DataView, at: number): number | null {
  const number = view.getBigUint64(at, true)
  return number === noPage ? null : Number(number)
}
