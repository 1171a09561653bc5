/**
 * Keeps the process below a ceiling of memory: beyond it, the runtime takes samples only as fast as they reach the disk,
 * and refuses what would add to it, until there is room again.
 *
 * What counts is the process's own memory. The pages of the store that the kernel has mapped are its cache: it takes
 * them back when it needs them.
 */
import { grouped } from '../../engine/text/words.ts'
import type { Clock, Timer, Timers } from './clock.ts'

export interface MemoryGuardOptions {
  /** The ceiling. */
  readonly bytesMax: number
  /** Bytes that the process has for itself. */
  readonly read: () => number
  /** Frees what is garbage; takes a while. */
  readonly collect: () => void
  /** Called while the ceiling is exceeded and collecting does not help: something has to go. */
  readonly onStuck: (found: string) => void
  /** Called when the ceiling is exceeded, and when there is room again. */
  readonly onChange: (isExceeded: boolean, found: string) => void
  readonly clock: Pick<Clock, 'elapsedMillis'>
  readonly timers: Pick<Timers, 'every'>
}

/** Often enough for a gigabyte a second and a machine of a few. */
const lookMillis = 100
/** Collecting takes up to a second in a large heap. */
const collectMillis = 5000
/** How often collecting may fail to help. */
const collectionsMax = 3
/** There is room again below this part of the ceiling. */
const roomFraction = 0.9

export class MemoryGuard {
  readonly #options: MemoryGuardOptions
  #bytes = 0
  #isExceeded = false
  #collectedAt = Number.NEGATIVE_INFINITY
  #collections = 0
  #timer: Timer | undefined

  constructor(options: MemoryGuardOptions) {
    this.#options = options
  }

  get bytesMax(): number {
    return this.#options.bytesMax
  }

  /** As of the latest look. */
  get bytes(): number {
    return this.#bytes
  }

  get isExceeded(): boolean {
    return this.#isExceeded
  }

  /** Why something is refused while the ceiling is exceeded; `null` = it is not. */
  get refusal(): string | null {
    return this.#isExceeded ? `${this.#found}; try again later, or raise "memory" under [limits]` : null
  }

  start(): void {
    this.#timer = this.#options.timers.every(lookMillis, () => this.#look())
    this.#look()
  }

  stop(): void {
    this.#timer?.cancel()
  }

  get #found(): string {
    const { bytesMax } = this.#options
    return `the runtime has ${mebibytes(this.#bytes)} of memory in use, and may have ${mebibytes(bytesMax)}`
  }

  #look(): void {
    const { read, bytesMax } = this.#options
    this.#bytes = read()
    if (this.#bytes > bytesMax) this.#collect()
    const isExceeded = this.#bytes > (this.#isExceeded ? bytesMax * roomFraction : bytesMax)
    if (isExceeded === this.#isExceeded) return
    this.#isExceeded = isExceeded
    if (!isExceeded) this.#collections = 0
    this.#options.onChange(isExceeded, this.#found)
  }

  #collect(): void {
    const { clock, collect, read, bytesMax, onStuck } = this.#options
    const now = clock.elapsedMillis()
    if (now - this.#collectedAt < collectMillis) return
    collect()
    this.#collectedAt = clock.elapsedMillis()
    this.#bytes = read()
    if (this.#bytes > bytesMax && ++this.#collections % collectionsMax === 0) onStuck(this.#found)
  }
}

function mebibytes(bytes: number): string {
  return `${grouped(Math.round(bytes / 1024 / 1024))} MiB`
}
