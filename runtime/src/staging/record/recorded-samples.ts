/**
 * The samples of a recording on their way into fixture files: one for samples from outside, one for each workflow that
 * writes.
 */
import { formatSeries } from '../../engine/model/series.ts'
import type { SlungError } from '../../engine/model/slung-error.ts'
import { shorten } from '../../engine/text/quote.ts'
import { formatTimestamp, type Micros } from '../../engine/model/timestamp.ts'
import type { HistoryMessage, SamplesMessage, SeriesMessage } from './record-protocol.ts'
import { SampleFile } from './sample-file.ts'
import { sampleLine, seriesCells, type SeriesCells } from './sample-rows.ts'
import { firstSecret } from './variable-parts.ts'

export class RecordedSamples {
  readonly #begin: Micros
  readonly #input: SampleFile
  readonly #pathOf: (writer: string) => string | null
  readonly #written = new Map<string, SampleFile>()
  readonly #series = new Map<number, SeriesCells | null>()
  readonly #leftOut = new Set<string>()
  readonly #leftIn = new Set<string>()
  readonly #producers = new Set<number>()
  #historyCount = 0

  /**
   * @param begin - of the recording: history arrived before it
   * @param path - of the file for samples from outside
   * @param pathOf - of the file for samples that a workflow writes; `null` = they are not kept
   */
  constructor(begin: Micros, path: string, pathOf: (writer: string) => string | null) {
    this.#begin = begin
    this.#input = new SampleFile(path)
    this.#pathOf = pathOf
  }

  get historyCount(): number {
    return this.#historyCount
  }

  /** Rows other than history. */
  get sampleCount(): number {
    return this.#files.reduce((sum, { rowCount }) => sum + rowCount, 0) - this.#historyCount
  }

  /** Samples that a fixture cannot hold, in words. */
  get leftOut(): ReadonlySet<string> {
    return this.#leftOut
  }

  /** What looks like a secret among the tags, in words. */
  get leftIn(): ReadonlySet<string> {
    return this.#leftIn
  }

  /** Connections that sent samples. */
  get producers(): ReadonlySet<number> {
    return this.#producers
  }

  /** Why they cannot be written; `null` = they can. */
  get failure(): SlungError | null {
    return this.#files.find(({ failure }) => failure !== null)?.failure ?? null
  }

  /** The input of a workflow: everything but what it wrote itself, which a replay makes it write again. */
  filesFor(workflow: string): SampleFile[] {
    return [this.#input, ...[...this.#written].filter(([writer]) => writer !== workflow).map(([, file]) => file)]
  }

  addSeries({ id, name, tags }: SeriesMessage): void {
    const cells = seriesCells({ name, tags })
    this.#series.set(id, cells)
    for (const tag of tags) {
      const secret = firstSecret(tag)
      if (secret !== null) this.#leftIn.add(`${secret}, in a tag of ${name}`)
    }
    if (cells !== null) return
    const series = shorten(formatSeries({ name, tags }), 200)
    this.#leftOut.add(`samples of ${series} are left out: a fixture cannot hold one of these tags`)
  }

  /** Resolves when there is room for more. */
  async takeHistory({ rows }: HistoryMessage): Promise<void> {
    let lines = ''
    let count = 0
    for (const [id, timestamp, value] of rows) {
      const cells = this.#series.get(id)
      if (cells === undefined || cells === null) continue
      // It was in the store before the beginning, whatever its timestamp.
      const arrives = formatTimestamp(Math.min(timestamp, this.#begin - 1))
      lines += sampleLine(cells, { timestamp, arrives, value, producer: 0 })
      count++
    }
    this.#historyCount += count
    await this.#input.write(lines, count)
  }

  /** Resolves when there is room for more. */
  async takeSamples({ at, writer, rows }: SamplesMessage): Promise<void> {
    const file = writer === null ? this.#input : this.#fileOf(writer)
    if (file === null) return
    const arrives = formatTimestamp(at)
    let lines = ''
    let count = 0
    for (const [id, timestamp, value, producer] of rows) {
      const cells = this.#series.get(id)
      if (cells === undefined || cells === null) continue
      lines += sampleLine(cells, { timestamp, arrives, value, producer })
      this.#producers.add(producer)
      count++
    }
    await file.write(lines, count)
  }

  /** Gives the files their final names. @returns their paths. @throws {SlungError} `unwritable-file` */
  async finish(): Promise<string[]> {
    for (const file of this.#files) await file.finish()
    return this.#files.map(({ path }) => path)
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    for (const file of this.#files) await file.discard()
  }

  get #files(): readonly SampleFile[] {
    return [this.#input, ...this.#written.values()]
  }

  #fileOf(writer: string): SampleFile | null {
    const known = this.#written.get(writer)
    const path = this.#pathOf(writer)
    if (known !== undefined || path === null) return known ?? null
    const file = new SampleFile(path)
    this.#written.set(writer, file)
    return file
  }
}
