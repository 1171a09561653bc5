/**
 * Numbers by an id that only counts up, as in `id-table.ts`. They are not objects there, however large they become:
 * V8 would make one for each above 2^31.
 */

/** Ids of a page, as a power of two. A page goes with its last number. */
const pageBits = 6
const pageLength = 1 << pageBits

export class NumberTable {
  readonly #pages: (Float64Array | undefined)[] = []

  /** 0 where nothing was set. @param id - an integer from 0, below 2^32 */
  get(id: number): number {
    const page = this.#pages[id >>> pageBits]
    return page === undefined ? 0 : page[id & (pageLength - 1)]!
  }

  set(id: number, value: number): void {
    const number = id >>> pageBits
    while (this.#pages.length <= number) this.#pages.push(undefined)
    const page = (this.#pages[number] ??= new Float64Array(pageLength))
    page[id & (pageLength - 1)] = value
  }

  delete(id: number): void {
    const page = this.#pages[id >>> pageBits]
    if (page === undefined) return
    page[id & (pageLength - 1)] = 0
    if (page.every((value) => value === 0)) this.#pages[id >>> pageBits] = undefined
  }
}
