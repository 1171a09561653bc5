/**
 * Values by an id that only counts up, such as that of a series: as fast as an array, but what is deleted takes no
 * memory, however high the ids become.
 */

/** Ids of a page, as a power of two. A page goes with its last value. */
const pageBits = 6
const pageLength = 1 << pageBits

interface Page<Value> {
  readonly values: (Value | undefined)[]
  count: number
}

export class IdTable<Value> {
  readonly #pages: (Page<Value> | undefined)[] = []
  #size = 0

  /** How many values it holds. */
  get size(): number {
    return this.#size
  }

  /** @param id - an integer from 0, below 2^32 */
  get(id: number): Value | undefined {
    return this.#pages[id >>> pageBits]?.values[id & (pageLength - 1)]
  }

  /** @param value - not `undefined` */
  set(id: number, value: Value): void {
    const number = id >>> pageBits
    while (this.#pages.length <= number) this.#pages.push(undefined)
    const page = (this.#pages[number] ??= { values: Array.from({ length: pageLength }, () => undefined), count: 0 })
    const index = id & (pageLength - 1)
    if (page.values[index] === undefined) {
      page.count++
      this.#size++
    }
    page.values[index] = value
  }

  delete(id: number): void {
    const page = this.#pages[id >>> pageBits]
    const index = id & (pageLength - 1)
    if (page?.values[index] === undefined) return
    page.values[index] = undefined
    page.count--
    this.#size--
    if (page.count === 0) this.#pages[id >>> pageBits] = undefined
  }

  /** All values with their ids, ascending by id. Values may be set and deleted meanwhile. */
  *entries(): Generator<readonly [id: number, value: Value]> {
    for (let number = 0; number < this.#pages.length; number++) {
      for (let index = 0; index < pageLength; index++) {
        const value = this.#pages[number]?.values[index]
        if (value !== undefined) yield [number * pageLength + index, value]
      }
    }
  }
}
