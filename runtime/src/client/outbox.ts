/**
 * What was sent and is not settled yet: neither durable nor refused. Pure bookkeeping; `delivery.ts` has the
 * connection.
 *
 * Events are counted twice. Their *ordinal* counts from 1 over the life of the client, and is what callers see. The
 * runtime counts from 1 over one connection: acknowledgements count events that were taken, refusals count all. Frames
 * are kept as they were sent. A new connection gets what is not settled and nothing else, so frames are cut there,
 * never decoded.
 */
import { eventEnd, FrameEncoder, type OutgoingEvent } from '../staging/wire/event-frame.ts'

/** A frame with this many events is complete. */
export const frameEventsMax = 2000
/**
 * So is one with this many bytes. A runtime takes sixteen times as many; a single event may be slightly longer than
 * this.
 */
const frameBytesMax = 65_536

export class Outbox {
  readonly #encoder = new FrameEncoder()
  /** Closed frames with anything unsettled in them, oldest first, from `#head`. */
  #frames: SentFrame[] = []
  #head = 0
  #sentCount = 0
  #acknowledgedCount = 0
  #refusedCount = 0
  /**
   * All of this connection: events in closed frames, refused ones, taken ones in frames that are gone, acknowledged
   * ones.
   */
  #connectionEventCount = 0
  #connectionRefusedCount = 0
  #connectionTakenBefore = 0
  #connectionAcknowledgedCount = 0

  /** Events appended so far; the ordinal of the newest. */
  get sentCount(): number {
    return this.#sentCount
  }

  /** Events that are durable. */
  get acknowledgedCount(): number {
    return this.#acknowledgedCount
  }

  get refusedCount(): number {
    return this.#refusedCount
  }

  get unsettledCount(): number {
    return this.#sentCount - this.#acknowledgedCount - this.#refusedCount
  }

  /** Every event up to this ordinal is settled. Moves by whole frames. */
  get settledThrough(): number {
    const head = this.#frames[this.#head]
    return head === undefined ? this.#sentCount - this.#encoder.eventCount : head.firstOrdinal - 1
  }

  /**
   * Adds an event to the open frame.
   *
   * @returns whether the frame is complete, and should be closed
   * @throws {SlungError} for an event that no runtime would take; nothing is added
   */
  append(event: OutgoingEvent): boolean {
    this.#encoder.append(event)
    this.#sentCount++
    return this.#encoder.eventCount >= frameEventsMax || this.#encoder.byteCount >= frameBytesMax
  }

  /** Closes the open frame and returns it, to be sent on the current connection; `null` when it has no events. */
  closeFrame(): Uint8Array | null {
    const { eventCount } = this.#encoder
    if (eventCount === 0) return null
    const bytes = this.#encoder.take()
    this.#push(bytes, this.#sentCount - eventCount + 1, eventCount)
    return bytes
  }

  /**
   * Takes an acknowledgement.
   *
   * @param count - events of this connection that are durable
   * @returns false when it cannot be true, because it does not grow or exceeds what was sent; then nothing changes
   */
  acknowledge(count: number): boolean {
    const possible = this.#connectionEventCount - this.#connectionRefusedCount
    if (count <= this.#connectionAcknowledgedCount || count > possible) return false
    this.#acknowledgedCount += count - this.#connectionAcknowledgedCount
    this.#connectionAcknowledgedCount = count
    this.#dropSettled()
    return true
  }

  /**
   * Takes a refusal.
   *
   * @param event - counts from 1 over this connection
   * @returns the ordinal of the event; `null` when the refusal cannot be true: the event was not sent, or is settled
   */
  refuse(event: number): number | null {
    // Nearly always one of the oldest.
    let position = this.#head
    while (position < this.#frames.length && event > lastEventOf(this.#frames[position]!)) position++
    const frame = this.#frames[position]
    if (frame === undefined || event < frame.firstEvent) return null
    const index = event - frame.firstEvent
    if (frame.refused.has(index)) return null
    if (position === this.#head && index < this.#durableInHead(frame)) return null
    frame.refused.add(index)
    this.#refusedCount++
    this.#connectionRefusedCount++
    this.#dropSettled()
    return frame.firstOrdinal + index
  }

  /** Starts over on a new connection. Returns what must be sent on it first, in order. */
  reconnect(): Uint8Array[] {
    const frames = this.#frames.slice(this.#head)
    const durableInHead = frames[0] === undefined ? 0 : this.#durableInHead(frames[0])
    this.#frames = []
    this.#head = 0
    this.#connectionEventCount = 0
    this.#connectionRefusedCount = 0
    this.#connectionTakenBefore = 0
    this.#connectionAcknowledgedCount = 0
    for (const [position, frame] of frames.entries()) this.#pushUnsettled(frame, position === 0 ? durableInHead : 0)
    return this.#frames.map(({ bytes }) => bytes)
  }

  #push(bytes: Uint8Array, firstOrdinal: number, eventCount: number): void {
    const firstEvent = this.#connectionEventCount + 1
    this.#connectionEventCount += eventCount
    this.#frames.push({ bytes, firstOrdinal, firstEvent, eventCount, refused: new Set() })
  }

  /** Keeps the events of an old frame that are not settled: a frame for each run of them. */
  #pushUnsettled({ bytes, firstOrdinal, eventCount, refused }: SentFrame, settledCount: number): void {
    if (settledCount === 0 && refused.size === 0) {
      this.#push(bytes, firstOrdinal, eventCount)
      return
    }
    let runStart = 0
    let runEventCount = 0
    let offset = 0
    for (let index = 0; index < eventCount; index++) {
      const end = eventEnd(bytes, offset)
      if (index >= settledCount && !refused.has(index)) {
        if (runEventCount++ === 0) runStart = offset
      } else if (runEventCount > 0) {
        this.#push(bytes.subarray(runStart, offset), firstOrdinal + index - runEventCount, runEventCount)
        runEventCount = 0
      }
      offset = end
    }
    if (runEventCount > 0) {
      this.#push(bytes.subarray(runStart, offset), firstOrdinal + eventCount - runEventCount, runEventCount)
    }
  }

  #dropSettled(): void {
    for (;;) {
      const head = this.#frames[this.#head]
      if (head === undefined) break
      const takenCount = head.eventCount - head.refused.size
      // Whether one of the last events is refused is not known yet; then the acknowledgement falls short until it is.
      if (this.#connectionAcknowledgedCount - this.#connectionTakenBefore < takenCount) break
      this.#connectionTakenBefore += takenCount
      this.#head++
    }
    // Not at every frame: that would move a long queue each time.
    if (this.#head * 2 > this.#frames.length) {
      this.#frames.splice(0, this.#head)
      this.#head = 0
    }
  }

  /** Index in the oldest frame behind its newest durable event; everything before it is settled. */
  #durableInHead({ refused }: SentFrame): number {
    let index = 0
    for (let rest = this.#connectionAcknowledgedCount - this.#connectionTakenBefore; rest > 0; index++) {
      if (!refused.has(index)) rest--
    }
    return index
  }
}

function lastEventOf({ firstEvent, eventCount }: SentFrame): number {
  return firstEvent + eventCount - 1
}

interface SentFrame {
  readonly bytes: Uint8Array
  /** Ordinal of its first event. */
  readonly firstOrdinal: number
  /** The same event, counted over the connection. */
  readonly firstEvent: number
  readonly eventCount: number
  /** Indexes in the frame. */
  readonly refused: Set<number>
}
