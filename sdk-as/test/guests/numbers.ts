/** Exports the decoder and the number printer, so that a test can call them a million times. */
import { Event } from '@slung/sdk-as/assembly'
import { EventDecoder } from '@slung/sdk-as/assembly/event-decoder'
import { formatNumber } from '@slung/sdk-as/assembly/number-format'
import { lend, reclaim } from '@slung/sdk-as/assembly/region'

const decoder = new EventDecoder()
let event: Event | null = null

export function call(): i32 {
  return 0
}

export function decode(address: usize, length: usize): bool {
  event = decoder.decode(address, length)
  return event != null
}

export function decodeMany(address: usize, length: usize, times: i32): f64 {
  let sum: f64 = 0
  for (let i = 0; i < times; i++) sum += decoder.decode(address, length)!.value
  return sum
}

export function value(): f64 {
  return event!.value
}

export function timestamp(): i64 {
  return event!.timestamp
}

/** Returns a Region to `release`. */
export function format(value: f64): usize {
  return lend(formatNumber(value))
}

export function formatMany(value: f64, times: i32): i32 {
  let length = 0
  for (let i = 0; i < times; i++) length += formatNumber(value + i).length
  return length
}

/** Returns a Region to `release`: a line per tag and producer, or the fault. */
export function describe(): usize {
  if (event == null) return lend(decoder.fault)
  return lend(event!.tags.join('\n') + '\n' + event!.producers.join(','))
}

export function release(region: usize): void {
  reclaim(region)
}
