/**
 * Writes lines to a descriptor, and never waits for its reader: a pipe that nobody reads, or a terminal stopped with
 * Ctrl-S, must not stop the thread that writes. Lines that find no room wait here, up to a number of bytes; further ones
 * are left out and counted.
 */

/** What lies behind an output: at least the beginning of `bytes` is taken. @returns bytes taken; 0 = no room now */
export type TakeBytes = (bytes: Uint8Array) => number

export interface LineOutputOptions {
  /** @throws when it can never take anything again */
  readonly take: TakeBytes
  /** Bytes of the lines that wait, the last one included. */
  readonly bytesMax: number
  /** There is room again after lines were left out: makes the line that says so. */
  readonly describeGap: (lineCount: number) => string
}

/** A quick reader is not kept waiting, and one that is gone costs little. */
const retryMillisMin = 1
const retryMillisMax = 64
/** As much as a pipe of Linux holds. */
const batchBytesMax = 64 * 1024
const batchLinesMax = 256

export class LineOutput {
  readonly #options: LineOutputOptions
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #gap = 0
  #droppedCount = 0
  #retryMillis = retryMillisMin
  #retry: NodeJS.Timeout | undefined
  #isGone = false

  constructor(options: LineOutputOptions) {
    this.#options = options
  }

  /** Lines left out so far. */
  get droppedCount(): number {
    return this.#droppedCount
  }

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.#waitingBytes === 0 && this.#gap === 0
  }

  /** Takes a line, or lines that belong together, with its line break. */
  write(line: string): void {
    const bytes = Buffer.from(line)
    // After a gap, nothing may overtake the line that tells of it.
    const isLeftOut = this.#isGone || this.#gap > 0 || this.#waitingBytes + bytes.length > this.#options.bytesMax
    if (isLeftOut) {
      this.#droppedCount++
      this.#gap++
    } else {
      this.#push(bytes)
    }
    if (this.#retry === undefined) this.flush()
  }

  /** Writes what there is room for now. */
  flush(): void {
    clearTimeout(this.#retry)
    this.#retry = undefined
    while (this.#takeBatch() > 0) this.#retryMillis = retryMillisMin
    if (this.#isGone || this.isEmpty) return
    this.#retry = setTimeout(() => this.flush(), this.#retryMillis)
    // What waits is no reason to go on living: `drain` is.
    this.#retry.unref()
    this.#retryMillis = Math.min(this.#retryMillis * 2, retryMillisMax)
  }

  /**
   * Resolves when everything is written, or the reader is gone.
   *
   * @param patienceMillis - and when nothing at all was read for this long
   * @param limitMillis - and in any case after this
   */
  async drain(patienceMillis: number, limitMillis: number): Promise<void> {
    const end = performance.now() + limitMillis
    let movedAt = performance.now()
    for (let before = this.#waitingBytes; !this.#isGone && !this.isEmpty; before = this.#waitingBytes) {
      this.flush()
      const now = performance.now()
      if (this.#waitingBytes !== before) movedAt = now
      if (now >= Math.min(movedAt + patienceMillis, end)) return
      await new Promise((resolve) => setTimeout(resolve, retryMillisMin))
    }
  }

  #push(bytes: Buffer): void {
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
  }

  /** Hands over one batch. @returns bytes taken */
  #takeBatch(): number {
    this.#tellOfGap()
    const [first] = this.#waiting
    if (first === undefined) return 0
    const batch = first.length >= batchBytesMax ? first : Buffer.concat(this.#waiting.slice(0, batchLinesMax))
    try {
      const taken = this.#options.take(batch.subarray(0, batchBytesMax))
      this.#remove(taken)
      return taken
    } catch {
      this.#close()
      return 0
    }
  }

  #tellOfGap(): void {
    if (this.#gap === 0 || this.#isGone || this.#waitingBytes > this.#options.bytesMax / 2) return
    const count = this.#gap
    this.#gap = 0
    this.#push(Buffer.from(this.#options.describeGap(count)))
  }

  #remove(byteCount: number): void {
    this.#waitingBytes -= byteCount
    let rest = byteCount
    let count = 0
    while (rest > 0 && rest >= this.#waiting[count]!.length) rest -= this.#waiting[count++]!.length
    this.#waiting.splice(0, count)
    if (rest > 0) this.#waiting[0] = this.#waiting[0]!.subarray(rest)
  }

  #close(): void {
    this.#isGone = true
    this.#droppedCount += this.#waiting.length
    this.#waiting = []
    this.#waitingBytes = 0
  }
}
