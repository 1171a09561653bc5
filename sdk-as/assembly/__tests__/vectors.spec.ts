// Replays vectors/events.json, which every guest SDK shares. `as-pect.config.js` hands the vectors over.
import { EventDecoder } from '../event-decoder'
import { stringify } from '../json'
import { Region, deallocate, lend, reclaim, takeText } from '../region'

// How many Events there are.
@external("vectors", "event_count")
declare function event_count(): i32

// The Region of an Event.
@external("vectors", "event_json")
declare function event_json(i: i32): usize

// The Region of its fields, in the form of `describeEvent`.
@external("vectors", "event_fields")
declare function event_fields(i: i32): usize

// How many malformed Events there are.
@external("vectors", "fault_count")
declare function fault_count(): i32

// The Region of one.
@external("vectors", "fault_json")
declare function fault_json(i: i32): usize

// The byte it is refused at; -1 = anywhere.
@external("vectors", "fault_offset")
declare function fault_offset(i: i32): i32

// How many texts there are.
@external("vectors", "region_count")
declare function region_count(): i32

// A text in a Region.
@external("vectors", "region_text")
declare function region_text(i: i32): usize

// Whether a Region holds the bytes of text `i`.
@external("vectors", "region_matches")
declare function region_matches(i: i32, region: usize): bool

/** The fields of the Event in a Region, or the fault. Frees the Region. */
function describeEvent(decoder: EventDecoder, address: usize): string {
  const region = changetype<Region>(address)
  const event = decoder.decode(region.offset, region.length)
  deallocate(address)
  if (event == null) return decoder.fault
  const bits = reinterpret<u64>(event.value).toString(16).padStart(16, '0')
  return event.timestamp.toString() + ' ' + bits + ' ' + stringify(event.tags) + ' ' + stringify(event.producers)
}

describe('the shared vectors', () => {
  test('every Event decodes to its fields', () => {
    for (let i = 0; i < event_count(); i++) {
      expect(describeEvent(new EventDecoder(), event_json(i))).toBe(takeText(event_fields(i)))
    }
    expect(event_count()).toBeGreaterThan(0)
  })

  test('one decoder reads all of them, forwards and backwards', () => {
    const decoder = new EventDecoder()
    const last = event_count() - 1
    for (let i = 0; i <= last; i++) {
      expect(describeEvent(decoder, event_json(i))).toBe(takeText(event_fields(i)))
    }
    for (let i = last; i >= 0; i--) {
      expect(describeEvent(decoder, event_json(i))).toBe(takeText(event_fields(i)))
    }
  })

  test('every fault is refused at its byte', () => {
    for (let i = 0; i < fault_count(); i++) {
      const decoder = new EventDecoder()
      const text = describeEvent(decoder, fault_json(i))
      expect(text.startsWith('expected ')).toBe(true, text)
      if (fault_offset(i) >= 0) {
        expect(text.endsWith(' at byte ' + fault_offset(i).toString())).toBe(true, text)
      }
    }
    expect(fault_count()).toBeGreaterThan(0)
  })

  test('a decoder continues after a fault', () => {
    const decoder = new EventDecoder()
    for (let i = 0; i < fault_count(); i++) {
      describeEvent(decoder, fault_json(i))
      expect(describeEvent(decoder, event_json(0))).toBe(takeText(event_fields(0)))
    }
  })

  test('every text crosses the border as its bytes', () => {
    for (let i = 0; i < region_count(); i++) {
      const region = lend(takeText(region_text(i)))
      expect(region_matches(i, region)).toBe(true)
      reclaim(region)
    }
    expect(region_count()).toBeGreaterThan(0)
  })
})
