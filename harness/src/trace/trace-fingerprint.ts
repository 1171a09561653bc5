/** What a run did, call by call, in a form that two runs can be compared by: four bytes per call. */
import type { TraceLine } from './trace-line.ts'

/** The texts of this many first calls are kept, to show the first one that differs. */
const textsMax = 20_000

export class TraceFingerprint {
  #hashes = new Uint32Array(1024)
  #count = 0
  readonly #texts: string[] = []

  /** Calls and rows so far. */
  get count(): number {
    return this.#count
  }

  add(lines: readonly TraceLine[]): void {
    for (const line of lines) {
      const text = textOf(line)
      if (this.#count === this.#hashes.length) {
        const longer = new Uint32Array(this.#hashes.length * 2)
        longer.set(this.#hashes)
        this.#hashes = longer
      }
      this.#hashes[this.#count++] = hash(text)
      if (this.#texts.length < textsMax) this.#texts.push(text)
    }
  }

  /** The position of the first call that differs; `null` when no call does. */
  firstDifference(other: TraceFingerprint): number | null {
    const length = Math.min(this.#count, other.#count)
    for (let index = 0; index < length; index++) if (this.#hashes[index] !== other.#hashes[index]) return index
    return this.#count === other.#count ? null : length
  }

  /** A call as text; `null` past the end, and for calls too far in for their texts to be kept. */
  textAt(index: number): string | null {
    return this.#texts[index] ?? null
  }
}

/** Without the stack: it holds addresses of the JavaScript engine. */
function textOf(line: TraceLine): string {
  if ('row' in line) return `row ${line.row.file}:${line.row.line}`
  const { at, call, args, result, refused } = line
  return `${call}(${args.map((argument) => JSON.stringify(argument)).join(', ')}) at ${at} → ${refused ?? JSON.stringify(result)}`
}

/** FNV-1a over UTF-16 units: good enough to tell two traces apart, and fast. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  return value >>> 0
}
