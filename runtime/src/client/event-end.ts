/** Walks over the events of a frame that this process encoded, without decoding them. The layout is in `docs/formats/event-frame.md`. */
import { eventHeadBytes } from '../staging/wire/event-frame.ts'

/** Returns the offset behind the event at `offset`. */
export function eventEnd(frame: Uint8Array, offset: number): number {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  let end = offset + eventHeadBytes + view.getUint16(offset + 16, true)
  for (let tagCount = view.getUint16(offset + 18, true); tagCount > 0; tagCount--) end += 2 + view.getUint16(end, true)
  return end
}
