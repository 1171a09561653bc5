/**
 * The lists of pages that LMDB may write next. One that is in use would be overwritten, and nobody would notice before
 * it is read.
 */

export interface UsedPages {
  readonly lastPage: number
  readonly transaction: number
  /** Pages that are in a tree. The free ones are added. */
  readonly seen: Set<number>
}

/**
 * A list has its length, then pages in descending order: a number, or a negative length before the first of adjacent
 * pages. Zeros stand for nothing.
 *
 * @param key - the transaction that freed the pages
 * @returns what is wrong with a list; `null` when it is sound
 */
export function checkFreePages(key: Buffer, value: Buffer | undefined, used: UsedPages): string | null {
  const damage = 'a list of free pages was overwritten'
  if (value === undefined || key.length !== 8 || value.length < 8 || value.length % 8 !== 0) return damage
  if (Number(key.readBigUInt64LE(0)) > used.transaction) return damage
  const length = Number(value.readBigUInt64LE(0))
  // There may be room behind it.
  if ((length + 1) * 8 > value.length) return damage
  let adjacent = 1
  for (let at = 8; at <= length * 8; at += 8) {
    const entry = Number(value.readBigInt64LE(at))
    if (entry < 0) {
      if (adjacent !== 1 || -entry > used.lastPage) return damage
      adjacent = -entry
      continue
    }
    if (entry > 0) {
      for (let page = entry; page < entry + adjacent; page++) {
        if (page < 2 || page > used.lastPage || used.seen.has(page))
          return `a list of free pages was overwritten: it has page ${page}`
        used.seen.add(page)
      }
    } else if (adjacent !== 1) return damage
    adjacent = 1
  }
  return adjacent === 1 ? null : damage
}
