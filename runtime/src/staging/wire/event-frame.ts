/**
 * Events as bytes, the way clients send them: `docs/formats/event-frame.md`. This is the encoding side;
 * `frame-decoder.ts` reads.
 */
import { grownColumn } from '../../engine/model/columns.ts'
import { createSeries } from '../../engine/model/series.ts'
import { SlungError } from '../../engine/model/slung-error.ts'
import { assertTimestamp, type Micros } from '../../engine/model/timestamp.ts'

/** One sample on its way to a runtime. */
export interface OutgoingEvent {
  readonly series: string
  readonly timestamp: Micros
  /** Finite. */
  readonly value: number
  /** In any order. */
  readonly tags?: readonly string[]
}

/** Bytes before the name of the series: timestamp i64, value f64, length of the name u16, count of tags u16. */
export const eventHeadBytes = 20
/** Where the labels of an event begin: everything after the value, which identifies the series. */
export const labelsOffset = 16

/** Returns the offset after the event at `offset` of a frame that this process encoded. */
export function eventEnd(frame: Uint8Array, offset: number): number {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  let end = offset + eventHeadBytes + view.getUint16(offset + labelsOffset, true)
  for (let tagCount = view.getUint16(offset + labelsOffset + 2, true); tagCount > 0; tagCount--)
    end += 2 + view.getUint16(end, true)
  return end
}

/** Encodes events into one frame. @throws {SlungError} as `FrameEncoder.append` */
export function encodeEvents(events: readonly OutgoingEvent[]): Uint8Array<ArrayBuffer> {
  const encoder = new FrameEncoder()
  for (const event of events) encoder.append(event)
  return encoder.take()
}

/**
 * Puts a frame together, event by event.
 *
 * @example
 * const encoder = new FrameEncoder()
 * encoder.append({ series: 'temp', timestamp: 1_767_225_600_000_000, value: 21.5, tags: ['sensor=1'] })
 * encoder.take() // Uint8Array of 34 bytes
 */
export class FrameEncoder {
  #bytes = new Uint8Array(1024)
  #view = new DataView(this.#bytes.buffer)
  #length = 0
  #eventCount = 0
  // Names and tags repeat, so they are encoded once. Cleared when there are too many.
  readonly #labels = new Map<string, Uint8Array>()

  /** Length of the frame so far. */
  get byteCount(): number {
    return this.#length
  }

  /** Events in the frame so far. */
  get eventCount(): number {
    return this.#eventCount
  }

  /**
   * Adds an event.
   *
   * @throws {SlungError} `bad-timestamp`, `bad-value`, `bad-series` for what a runtime would refuse; then nothing is
   *   added
   */
  append({ series, timestamp, value, tags = [] }: OutgoingEvent): void {
    assertTimestamp(timestamp)
    if (!Number.isFinite(value)) throw new SlungError('bad-value', `value ${value} is not a finite number`)
    const labels = this.#encodeLabels(series, tags)
    const start = this.#length
    this.#reserve(labelsOffset + labels.length)
    this.#view.setUint32(start, modulo2To32(timestamp), true)
    this.#view.setInt32(start + 4, Math.floor(timestamp / 2 ** 32), true)
    this.#view.setFloat64(start + 8, value, true)
    this.#bytes.set(labels, start + labelsOffset)
    this.#eventCount++
  }

  /** The frame, which the caller may keep; the encoder begins the next one. */
  take(): Uint8Array<ArrayBuffer> {
    const frame = this.#bytes.slice(0, this.#length)
    this.#length = 0
    this.#eventCount = 0
    return frame
  }

  /** Everything after the value of an event. */
  #encodeLabels(series: string, tags: readonly string[]): Uint8Array {
    // No valid name or tag contains a line feed. With the count of tags, an invalid one has a different key.
    const key = `${tags.length}\n${series}\n${tags.join('\n')}`
    const known = this.#labels.get(key)
    if (known !== undefined) return known
    const { name, tags: sorted } = createSeries(series, tags)
    const texts = [name, ...sorted].map((text) => utf8.encode(text))
    const bytes = new Uint8Array(texts.reduce((sum, { length }) => sum + length + 2, 2))
    const view = new DataView(bytes.buffer)
    view.setUint16(0, texts[0]!.length, true)
    view.setUint16(2, sorted.length, true)
    let end = 4
    for (const [index, text] of texts.entries()) {
      if (index > 0) {
        view.setUint16(end, text.length, true)
        end += 2
      }
      bytes.set(text, end)
      end += text.length
    }
    if (this.#labels.size >= labelsMax) this.#labels.clear()
    this.#labels.set(key, bytes)
    return bytes
  }

  #reserve(byteCount: number): void {
    this.#length += byteCount
    if (this.#length <= this.#bytes.length) return
    this.#bytes = grownColumn(this.#bytes, this.#length)
    this.#view = new DataView(this.#bytes.buffer)
  }
}

const utf8 = new TextEncoder()
// Some 100 bytes each.
const labelsMax = 65_536

function modulo2To32(value: number): number {
  const rest = value % 2 ** 32
  return rest < 0 ? rest + 2 ** 32 : rest
}
