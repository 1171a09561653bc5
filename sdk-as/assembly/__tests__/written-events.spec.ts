// Replays vectors/written-events.json, which every host shares, on the mock host. `as-pect.config.js` hands the vectors over.
import { writeEvent } from '..'
import { u_write_event } from '../abi'
import { formatNumber } from '../number-format'
import { Region, lend, reclaim, takeText } from '../region'
import { lastError } from '../result'
import { mock } from '../testing'

// How many texts are written or refused.
@external("vectors", "writing_count")
declare function writing_count(): i32

// The Region of a part of one.
@external("vectors", "writing_text")
declare function writing_text(i: i32, part: Part): usize

// How many are not UTF-8.
@external("vectors", "garbled_count")
declare function garbled_count(): i32

// The Region of a part of one; the first three are bytes, in hexadecimal.
@external("vectors", "garbled_text")
declare function garbled_text(i: i32, part: Part): usize

// How many tags the SDK does not send.
@external("vectors", "unsendable_count")
declare function unsendable_count(): i32

// The Region of one.
@external("vectors", "unsendable_tag")
declare function unsendable_tag(i: i32): usize

enum Part {
  Timestamp,
  Value,
  Tags,
  // As a line of `mock.takeEffects`; empty when it is refused.
  Effect,
  // How the reason ends; empty when it is written.
  Reason,
}

function textOf(i: i32, part: Part): string {
  return takeText(writing_text(i, part))
}

/** Lends the bytes that a hexadecimal text stands for. */
function lendBytes(hex: string): usize {
  const block = lend(hex)
  const region = changetype<Region>(block)
  region.length /= 2
  for (let i: u32 = 0; i < region.length; i++) {
    store<u8>(region.offset + i, <u8>parseInt(hex.substr(2 * i, 2), 16))
  }
  return block
}

/** Writes what three Regions hold, and reclaims them. Returns whether the host took it. */
function write(timestamp: usize, value: usize, tags: usize): bool {
  const status = u_write_event(timestamp, value, tags)
  reclaim(tags)
  reclaim(value)
  reclaim(timestamp)
  return status == 0
}

/** Checks what the host made of a vector. */
function expectOutcome(written: bool, effect: string, reason: string): void {
  const error = lastError()
  expect(mock.takeEffects()).toBe(effect, error)
  expect(written).toBe(reason == '', reason)
  expect(error.endsWith(reason)).toBe(true, error + ' should end with: ' + reason)
  expect(error == '').toBe(written, error)
}

/** Whether `writeEvent` sends exactly these texts: it prints numbers its own way and names the series first, and once. */
function isOfSdk(timestamp: string, value: string, parts: string[]): bool {
  if (I64.parseInt(timestamp).toString() != timestamp || formatNumber(parseFloat(value)) != value) return false
  for (let i = 0; i < parts.length; i++) {
    const part = i == 0 ? parts[i] : parts[i].trimStart()
    if (part.startsWith('series=') != (i == 0)) return false
  }
  return true
}

describe('the shared vectors of written events', () => {
  beforeEach(() => {
    mock.reset()
  })

  test('each text is written or refused', () => {
    for (let i = 0; i < writing_count(); i++) {
      const timestamp = lend(textOf(i, Part.Timestamp))
      const value = lend(textOf(i, Part.Value))

      const written = write(timestamp, value, lend(textOf(i, Part.Tags)))

      expectOutcome(written, textOf(i, Part.Effect), textOf(i, Part.Reason))
    }
    expect(writing_count()).toBeGreaterThan(0)
  })

  test('what the SDK can express has the same outcome', () => {
    let count = 0
    for (let i = 0; i < writing_count(); i++) {
      const timestamp = textOf(i, Part.Timestamp)
      const value = textOf(i, Part.Value)
      const parts = textOf(i, Part.Tags).split(',')
      if (!isOfSdk(timestamp, value, parts)) continue

      const result = writeEvent(parts[0].slice(7), I64.parseInt(timestamp), parseFloat(value), parts.slice(1))

      expectOutcome(result.ok, textOf(i, Part.Effect), textOf(i, Part.Reason))
      count++
    }
    expect(count).toBeGreaterThan(30)
  })

  test('bytes that are not UTF-8 are refused', () => {
    for (let i = 0; i < garbled_count(); i++) {
      const timestamp = lendBytes(takeText(garbled_text(i, Part.Timestamp)))
      const value = lendBytes(takeText(garbled_text(i, Part.Value)))
      const tags = lendBytes(takeText(garbled_text(i, Part.Tags)))

      expectOutcome(write(timestamp, value, tags), '', takeText(garbled_text(i, Part.Reason)))
    }
    expect(garbled_count()).toBeGreaterThan(0)
  })

  test('a tag that would arrive as another is not sent', () => {
    for (let i = 0; i < unsendable_count(); i++) {
      const tag = takeText(unsendable_tag(i))

      expect(writeEvent('n', 1, 2, ['x', tag]).error.startsWith('cannot write the event: found a comma')).toBe(
        true,
        tag,
      )
      expect(mock.takeEffects().startsWith('stderr error: cannot write to series n')).toBe(true, tag)
    }
    expect(unsendable_count()).toBeGreaterThan(0)
  })
})
