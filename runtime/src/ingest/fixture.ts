/** A fixture as columns: what the reader makes, one entry of each array per row. */
import type { Series } from '../model/series.ts'

/** Rows in the order of the file. Plain data, safe to send between threads; all columns are `rowCount` long. */
export interface Fixture {
  /** The name it was read under, for error texts. */
  readonly file: string
  readonly rowCount: number
  /** Microseconds since the Unix epoch. */
  readonly timestamps: Float64Array
  /** When the row reaches the runtime, in microseconds since the Unix epoch; the timestamp where the file says nothing. */
  readonly arrives: Float64Array
  /** Finite. */
  readonly values: Float64Array
  /** The physical line the row starts on, from 1. */
  readonly lines: Uint32Array
  /** Into `series`. */
  readonly seriesIndexes: Uint32Array
  /** Into `producers`; −1 = none. */
  readonly producerIndexes: Int32Array
  /** Distinct, in order of first appearance. */
  readonly series: readonly Series[]
  /** Distinct, in order of first appearance; the text as it is in the file. */
  readonly producers: readonly string[]
}

/** The columns of a fixture while rows still come in: in blocks, so that growing moves nothing. */
export class FixtureColumns {
  readonly #fullBlocks: RowBlock[] = []
  #fullRowCount = 0
  #block = createBlock(blockRowsMin)
  #blockRowCount = 0

  get rowCount(): number {
    return this.#fullRowCount + this.#blockRowCount
  }

  /** Adds one row; the numbers are those of `Fixture`, checked by the caller. */
  append(timestamp: number, arrives: number, value: number, line: number, series: number, producer: number): void {
    if (this.#blockRowCount === this.#block.values.length) {
      this.#fullBlocks.push(this.#block)
      this.#fullRowCount += this.#blockRowCount
      this.#block = createBlock(Math.min(2 * this.#blockRowCount, blockRowsMax))
      this.#blockRowCount = 0
    }
    const block = this.#block
    const row = this.#blockRowCount++
    block.timestamps[row] = timestamp
    block.arrives[row] = arrives
    block.values[row] = value
    block.lines[row] = line
    block.seriesIndexes[row] = series
    block.producerIndexes[row] = producer
  }

  /** Puts the rows together; nothing may be appended after. */
  finish(file: string, series: readonly Series[], producers: readonly string[]): Fixture {
    const { rowCount } = this
    const whole = createBlock(rowCount)
    let start = 0
    for (const block of [...this.#fullBlocks, this.#block]) {
      const count = Math.min(rowCount - start, block.values.length)
      whole.timestamps.set(block.timestamps.subarray(0, count), start)
      whole.arrives.set(block.arrives.subarray(0, count), start)
      whole.values.set(block.values.subarray(0, count), start)
      whole.lines.set(block.lines.subarray(0, count), start)
      whole.seriesIndexes.set(block.seriesIndexes.subarray(0, count), start)
      whole.producerIndexes.set(block.producerIndexes.subarray(0, count), start)
      start += count
    }
    return { file, rowCount, ...whole, series, producers }
  }
}

type RowBlock = Pick<Fixture, 'timestamps' | 'arrives' | 'values' | 'lines' | 'seriesIndexes' | 'producerIndexes'>

function createBlock(rowCount: number): RowBlock {
  return {
    timestamps: new Float64Array(rowCount),
    arrives: new Float64Array(rowCount),
    values: new Float64Array(rowCount),
    lines: new Uint32Array(rowCount),
    seriesIndexes: new Uint32Array(rowCount),
    producerIndexes: new Int32Array(rowCount),
  }
}

// From 4.5 KiB, because most fixtures are small and there may be hundreds of them, to 288 KiB, so that a large one has few blocks.
const blockRowsMin = 128
const blockRowsMax = 8192
