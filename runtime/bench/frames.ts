/**
 * The cost of decoding per event, without sockets and store: `node bench/frames.ts [rounds]`.
 *
 * 100 series of two tags each, taking turns, as in `bench/feed.ts`: one event per frame, and 2,000 per frame; then the
 * same in an order that never repeats, so that nothing can be guessed. The samples go into a batch, which is emptied
 * after each frame.
 *
 * Prints medians and ranges in nanoseconds. Machines differ: compare rounds of one run only.
 */
import { encodeEvents, type OutgoingEvent } from '../src/staging/wire/event-frame.ts'
import { FrameDecoder } from '../src/staging/wire/frame-decoder.ts'
import { SampleBatchBuilder } from '../src/engine/model/columns.ts'
import { seriesKey } from '../src/engine/model/series.ts'

const rounds = Number(process.argv[2] ?? 15)
const eventCount = 400_000
const seriesCount = 100

/** Receives what the decoder reads. */
function createBatch(): SampleBatchBuilder {
  const ids = new Map<string, number>()
  return new SampleBatchBuilder({
    intern(series) {
      const key = seriesKey(series)
      const id = ids.get(key) ?? ids.size
      ids.set(key, id)
      return id
    },
    latestFor: () => Number.POSITIVE_INFINITY,
  })
}

const inTurn = Array.from({ length: eventCount }, (_, index) => event(index, index % seriesCount))
let seed = 1
const shuffled = Array.from({ length: eventCount }, (_, index) => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return event(index, Math.floor((seed / 2 ** 32) * seriesCount))
})
measure('one event in a frame', inTurn, 1)
measure('2,000 events in a frame', inTurn, 2000)
measure('one event in a frame, in no order', shuffled, 1)
measure('2,000 events in a frame, in no order', shuffled, 2000)

function measure(what: string, events: readonly OutgoingEvent[], eventsPerFrame: number): void {
  const frames = slicesOf(events, eventsPerFrame)
  const batch = createBatch()
  const decoder = new FrameDecoder(batch)
  const nanos: number[] = []
  for (let round = 0; round < rounds + 3; round++) {
    const start = performance.now()
    let taken = 0
    for (const frame of frames) {
      taken += decoder.decode(frame, fail)
      batch.clear()
    }
    // The first rounds only warm up the compiler.
    if (round >= 3) nanos.push(((performance.now() - start) * 1e6) / eventCount)
    if (taken !== eventCount) throw new Error(`${taken} events were taken`)
  }
  nanos.sort((left, right) => left - right)
  const [median, fastest, slowest] = [nanos[nanos.length >> 1], nanos[0], nanos.at(-1)].map((value) =>
    Math.round(value ?? 0),
  )
  console.log(`${what}: ${median} ns per event [${fastest}–${slowest}], ${rounds} rounds`)
}

/** Frames as a socket delivers them: slices of blocks of 64 KiB or of one frame. */
function slicesOf(events: readonly OutgoingEvent[], eventsPerFrame: number): Uint8Array[] {
  const frames: Uint8Array[] = []
  let block = Buffer.alloc(0)
  let at = 0
  for (let index = 0; index < events.length; index += eventsPerFrame) {
    const bytes = encodeEvents(events.slice(index, index + eventsPerFrame))
    if (at + bytes.length > block.length) {
      block = Buffer.alloc(Math.max(65_536, bytes.length))
      at = 0
    }
    block.set(bytes, at)
    frames.push(block.subarray(at, at + bytes.length))
    at += bytes.length
  }
  return frames
}

function event(index: number, series: number): OutgoingEvent {
  const timestamp = 1_767_225_600_000_000 + Math.floor(index / seriesCount) * 1_000_000
  return {
    series: 'temp',
    timestamp,
    value: 20 + (index % 977) / 100,
    tags: [`host=h${series}`, `region=r${series % 4}`],
  }
}

function fail(error: Error): void {
  throw error
}
